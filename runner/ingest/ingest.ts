import { rm } from "node:fs/promises";
import { join } from "node:path";

import { allEnded } from "../all-ended.ts";
import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import { prefetch } from "../prefetch.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import { toStorageError } from "../warehouse/storage-errors.ts";
import { type Arrival, arrivals } from "./arrivals.ts";
import { listBatches } from "./batches.ts";
import type { Contradiction } from "./find-contradictions.ts";
import { landBatch, type LandingTarget } from "./land-batch.ts";
import type { LandedFile, LandedRows } from "./landed-file.ts";
import { checkAccount } from "./check-account.ts";
import { admitOne, findSeveralPeople, openDisguise } from "./people.ts";
import { privateFolder } from "./private-folder.ts";
import { listGiven, recallSeen, rememberSeen } from "./seen-files.ts";
import type { StagedFile } from "./stage-file.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Where and under whose name files land. */
export interface IngestOptions {
  readonly dataDir: string;
  readonly account: string;
  readonly landedAt: Date;
  /** The declared columns of every table that lands, `landings` included. */
  readonly tables: Readonly<Record<string, readonly { name: string; dataType: string }[]>>;
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Changes when files may be read otherwise; without it, what was found in a file is not remembered. */
  readonly codeVersion?: string;
  /** Told how far a file has been read, in uncompressed bytes, and of every file when it is done. */
  readonly progress?: {
    readonly reading: (file: string, bytes: number) => void;
    readonly done: (landed: LandedFile) => void;
  };
}

/** What became of everything that the user named. */
export interface IngestReport {
  readonly files: readonly LandedFile[];
  readonly failures: readonly Diagnostic[];
  /** Files of nobody's, which were not read. */
  readonly ignored: number;
  /** Exports that just landed and tell of the same days otherwise than what landed before. */
  readonly contradictions: readonly Contradiction[];
}

interface Landing {
  readonly options: IngestOptions;
  readonly workspace: string;
  /** Ids of the batches that count, by table; grows as files land. */
  readonly committed: Map<string, Set<string>>;
  /** Batches that are being landed now. */
  readonly underway: Set<string>;
  /** With the place in which each arrived: they end in another order. */
  readonly files: { readonly place: number; readonly landed: LandedFile }[];
  readonly failures: Diagnostic[];
  contradictions: readonly Contradiction[];
  ignored: number;
  arrived: number;
}

/** Something to land, and when it arrived. */
interface Taken {
  readonly staged: StagedFile;
  readonly place: number;
}

const nothingRead: LandedRows = { rowsRead: 0, rowsLanded: 0, rowsRejected: 0, rejections: [] };

/**
 * Lands every recognised file at the paths that has not landed yet, each whole or not at all; bad files are reported and
 * keep no other from landing, but files of several listeners keep all of them. The caller holds the bronze lock.
 */
export async function ingest(paths: readonly string[], options: IngestOptions): Promise<IngestReport> {
  const landing: Landing = {
    options,
    workspace: temporaryFolder(options.dataDir, "bronze"),
    committed: new Map(),
    underway: new Set(),
    files: [],
    failures: [],
    contradictions: [],
    ignored: 0,
    arrived: 0,
  };
  try {
    await landAll(paths, landing);
  } catch (error) {
    const trouble = toStorageError(error, options.dataDir);
    if (trouble === error || !(trouble instanceof ProjectError)) throw error;
    landing.failures.push(...trouble.diagnostics);
  }
  const files = landing.files.toSorted((left, right) => left.place - right.place).map(({ landed }) => landed);
  const { failures, ignored, contradictions } = landing;
  return { files, failures, ignored, contradictions };
}

async function landAll(paths: readonly string[], landing: Landing): Promise<void> {
  const { options, workspace, committed } = landing;
  // Copies that a killed run left behind are personal data.
  await rm(workspace, { recursive: true, force: true });
  for (const [table, ids] of Object.entries(await listBatches(options.dataDir))) committed.set(table, new Set(ids));
  await unlessSeen(paths, landing, () => landUnseen(paths, landing));
}

/** Spares reading the very files that were looked at before, as long as all that was found in them counts. */
async function unlessSeen(paths: readonly string[], landing: Landing, read: () => Promise<void>): Promise<void> {
  const { codeVersion, dataDir } = landing.options;
  const given = codeVersion === undefined ? null : await listGiven(paths, dataDir);
  if (codeVersion === undefined || given === null) return read();
  const seen = await recallSeen(given, { codeVersion, dataDir });
  if (seen?.landed.every(({ table, batchId }) => landing.committed.get(table)?.has(batchId)) === true) {
    landing.ignored = seen.ignored;
    for (const known of seen.landed)
      take({ ...nothingRead, ...known, status: "already landed", bytes: 0, note: null }, landing.arrived++, landing);
    return;
  }
  await read();
  const files = landing.files.map(({ landed }) => landed);
  if (landing.failures.length > 0 || files.some(({ status }) => status === "landed")) return;
  const found = files.map(({ file, kind, table, batchId }) => ({ file, kind, table, batchId }));
  await rememberSeen(given, { landed: found, ignored: landing.ignored }, { codeVersion, dataDir, paths });
}

async function landUnseen(paths: readonly string[], landing: Landing): Promise<void> {
  const { options, workspace, committed } = landing;
  const severalPeople = await findSeveralPeople(paths, options.dataDir);
  if (severalPeople !== undefined) {
    landing.failures.push(severalPeople);
    return;
  }
  const onRead = options.progress?.reading;
  const queue = prefetch(arrivals(paths, { dataDir: options.dataDir, workspace, committed, onRead }));
  try {
    const first = await nextToLand(queue, landing);
    if (first !== undefined) await landFrom(first, queue, landing);
  } finally {
    await queue.return(undefined);
    await rm(workspace, { recursive: true, force: true });
  }
}

/** Takes arrivals into the report until one has to land; undefined when there is none left. */
async function nextToLand(queue: AsyncGenerator<Arrival>, landing: Landing): Promise<Taken | undefined> {
  for (;;) {
    const next = await queue.next();
    if (next.done === true) return undefined;
    const arrival = next.value;
    const place = landing.arrived++;
    if (arrival.kind === "ignored") landing.ignored += 1;
    if (arrival.kind === "failed") landing.failures.push(arrival.failure);
    if (arrival.kind === "already landed") report({ arrived: arrival, place }, landing, undefined);
    if (arrival.kind !== "staged") continue;
    const { staged } = arrival;
    const isKnown = landing.committed.get(staged.reader.table)?.has(staged.batchId) === true;
    if (!isKnown && !landing.underway.has(staged.batchId)) {
      landing.underway.add(staged.batchId);
      return { staged, place };
    }
    report({ arrived: staged, place }, landing, undefined);
    await rm(staged.path);
  }
}

/** DuckDB reads one JSON array on one core: two files at a time keep two busy. */
const workers = 2;

async function landFrom(first: Taken, queue: AsyncGenerator<Arrival>, landing: Landing): Promise<void> {
  const { options, workspace } = landing;
  const { dataDir, memoryLimit, threads } = options;
  // Loaded only here: most calls find nothing new and should not pay for DuckDB.
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { readLandings } = await import("./landings.ts");
  const { findContradictions } = await import("./find-contradictions.ts");
  const disguise = await openDisguise(dataDir);
  await withDuckDB({ memoryLimit, threads, tempDirectory: join(workspace, "spill") }, async (database) => {
    const main = await database.connect();
    const before = await readLandings(main, dataDir);
    checkAccount(before, options.account);
    const admit = admitOne(before);
    const work = async (worker: number): Promise<void> => {
      const own = join(workspace, `worker-${worker}`);
      await privateFolder(own);
      const connection = worker === 0 ? main : await database.connect();
      const target: LandingTarget = { ...options, workspace: own, connection, disguise, admit };
      let taken = worker === 0 ? first : await nextToLand(queue, landing);
      for (; taken !== undefined; taken = await nextToLand(queue, landing)) await land(taken, target, landing);
    };
    await allEnded(Array.from({ length: workers }, (_, worker) => work(worker)));
    const landed = landing.files.filter(({ landed: { status } }) => status === "landed");
    const batches = new Set(landed.map(({ landed: { batchId } }) => batchId));
    const landings = await readLandings(main, dataDir);
    landing.contradictions = await findContradictions(landings, batches, { connection: main, dataDir });
  });
}

async function land({ staged, place }: Taken, target: LandingTarget, landing: Landing): Promise<void> {
  try {
    const rows = await landBatch(staged, target);
    const table = staged.reader.table;
    landing.committed.set(table, (landing.committed.get(table) ?? new Set()).add(staged.batchId));
    report({ arrived: staged, place }, landing, rows);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    landing.failures.push(error.diagnostic);
  } finally {
    landing.underway.delete(staged.batchId);
    await rm(staged.path, { force: true });
  }
}

function report(
  {
    arrived,
    place,
  }: {
    readonly arrived: Pick<StagedFile, "file" | "reader" | "batchId"> & Partial<StagedFile>;
    readonly place: number;
  },
  landing: Landing,
  rows: LandedRows | undefined,
): void {
  const { file, reader, batchId, bytes, intake } = arrived;
  const landed: LandedFile = {
    file: file.baseName,
    kind: reader.kind,
    table: reader.table,
    batchId,
    status: rows === undefined ? "already landed" : "landed",
    bytes: bytes ?? 0,
    note: intake?.note ?? null,
    ...(rows ?? nothingRead),
  };
  take(landed, place, landing);
}

function take(landed: LandedFile, place: number, { files, options }: Landing): void {
  files.push({ place, landed });
  options.progress?.done(landed);
}
