import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { parse, stringify } from "yaml";
import * as z from "zod";

import type { StageOutcome } from "../runner/execution/stage-outcome.ts";
import { prng } from "../runner/prng.ts";
import { runStageProcess, type StageAttempt } from "../runner/scheduling/stage-process.ts";
import { withDuckDB } from "../runner/warehouse/duckdb.ts";
import { differencesOf, relationsOf } from "../tests/support/compare-warehouses.ts";
import { smallModels } from "../tests/support/spotify-life.ts";
import { projectRoot } from "./measure.ts";
import type { BenchReport, Figure } from "./report.ts";
import { SoakChecks } from "./soak-checks.ts";
import { policies, type Season, simulateSeason, timezone } from "./soak-scheduler.ts";

/** Two seasons, each with a change of clocks in Berlin. */
const starts = ["2026-03-01T00:00:30Z", "2026-09-20T00:00:30Z"];

/**
 * 90 days of cadence on a clock of the bench, with faults at random, and some attempts done by real processes on a real data folder, a third
 * of which are killed. SOAK_DAYS and SOAK_PROCESSES make it shorter.
 */
export async function soak(): Promise<BenchReport> {
  const days = Number(process.env["SOAK_DAYS"] ?? 90);
  const processes = Number(process.env["SOAK_PROCESSES"] ?? 100);
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc");
  const root = await mkdtemp(join(tmpdir(), "tonearm-soak-"));
  try {
    await makeProject(root);
    const work = new RealWork(root, { processes, attempts: days * 7 });
    const checks = new SoakChecks();
    const seasons: Season[] = [];
    let unrecorded = 0;
    for (const start of starts) {
      const dataDir = join(root, "data");
      const real = (attempt: StageAttempt): Promise<StageOutcome | null> => work.perform(attempt);
      seasons.push(await simulateSeason({ dataDir, start, days: days / starts.length, checks, real }));
      unrecorded += checks.slotsWithoutRecord({ timezone, policies });
      checks.forgetSlots();
    }
    const differences = await work.compareWithCleanBuild();
    const notes = Object.entries({ ...checks.counts, ...work.counts }).map(([name, value]) => `${name}: ${value}`);
    return { summaries: [], notes, figures: figuresOf({ checks, seasons, unrecorded, work, differences }) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

interface Soaked {
  readonly checks: SoakChecks;
  readonly seasons: readonly Season[];
  readonly unrecorded: number;
  readonly work: RealWork;
  readonly differences: readonly string[];
}

function figuresOf({ checks, seasons, unrecorded, work, differences }: Soaked): readonly Figure[] {
  const none = (name: string, value: number, unit: string): Figure => ({
    name,
    value,
    unit,
    target: 0,
    good: "at most",
    digits: 0,
  });
  const growth = Math.max(...seasons.map(({ heap: [first, last] }) => last / first));
  const note = seasons.map(({ heap }) => heap.map((mb) => `${mb.toFixed(1)} MB`).join(" → ")).join("; ");
  return [
    none("slots without a record", unrecorded, "slots"),
    none(
      "stages that overlapped",
      seasons.reduce((sum, { overlaps }) => sum + overlaps, 0),
      "stages",
    ),
    none("failure alerts beside incidents", Math.abs(checks.failureAlerts - checks.incidents), "alerts"),
    none("recovery alerts beside recoveries", Math.abs(checks.recoveryAlerts - checks.recoveries), "alerts"),
    none("rows landed twice or lost", Math.abs(work.rowsLanded - work.rowsGiven), "rows"),
    none("tables that differ from a clean build", differences.length, "tables"),
    { name: "heap of the last day against the first", value: growth, unit: "×", target: 1.1, good: "at most", note },
  ];
}

async function makeProject(root: string): Promise<void> {
  const project = z
    .record(z.string(), z.unknown())
    .parse(parse(await readFile(join(projectRoot, "project.yml"), "utf8")));
  const models = { silver: { schema: "silver", critical: true }, gold: { schema: "gold" } };
  const files = { "project.yml": stringify({ ...project, models }), ...smallModels };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await mkdir(join(root, "inbox"));
}

/** Attempts that real processes do: each landing finds a new file in the inbox, and a third of the processes is killed. */
class RealWork {
  readonly #root: string;
  readonly #every: number;
  readonly #chance = prng("soak processes");
  #left: number;
  #asked = 0;
  #files = 0;
  readonly counts: Record<string, number> = {};
  rowsGiven = 0;
  rowsLanded = 0;

  constructor(root: string, { processes, attempts }: { readonly processes: number; readonly attempts: number }) {
    this.#root = root;
    this.#left = processes;
    this.#every = Math.max(1, Math.floor(attempts / Math.max(1, processes)));
  }

  async perform(attempt: StageAttempt): Promise<StageOutcome | null> {
    if (attempt.stage !== "bronze" && attempt.stage !== "build") return null;
    this.#asked += 1;
    if (this.#left === 0 || this.#asked % this.#every !== 0) return null;
    this.#left -= 1;
    if (attempt.stage === "bronze") await this.#dropFile();
    const killAfter = this.#chance.chance(0.33) ? this.#chance.integer(300, 4000) : 0;
    const outcome = await this.#run(attempt, killAfter);
    this.#count("real processes");
    this.#count(`real processes: ${outcome.error?.kind ?? outcome.status}`);
    return outcome;
  }

  /** Everything lands and is built once more, undisturbed; then the same bronze is built in an empty data folder. */
  async compareWithCleanBuild(): Promise<readonly string[]> {
    const clean = join(this.#root, "clean");
    const attempt = { timeoutSeconds: 600, signal: new AbortController().signal };
    const parent = { runId: "end", stage: "build", attempt: 1 };
    await this.#dropFile();
    for (const stage of ["files", "build"] as const) {
      const outcome = await this.#run({ ...attempt, stage, parent }, 0);
      if (outcome.status !== "success") throw new Error(`The last ${stage} failed: ${JSON.stringify(outcome.error)}`);
    }
    await cp(join(this.#root, "data", "bronze"), join(clean, "bronze"), { recursive: true });
    const built = await this.#run({ ...attempt, stage: "build", parent }, 0, { DATA_DIR: clean });
    if (built.status !== "success") throw new Error(`The clean build failed: ${JSON.stringify(built.error)}`);
    return withDuckDB({}, async (database) => {
      const connection = await database.connect();
      await connection.run(`attach '${join(this.#root, "data", "warehouse.duckdb")}' as soaked (read_only)`);
      await connection.run(`attach '${join(clean, "warehouse.duckdb")}' as clean (read_only)`);
      const [row] = await connection.query("select count(*)::int as landed from soaked.silver.plays");
      this.rowsLanded = Number(row?.["landed"]);
      const names = await relationsOf(connection, "clean", ["silver", "gold"]);
      this.counts["tables compared"] = names.length;
      const all = await Promise.all(names.map((name) => differencesOf(connection, name, ["soaked", "clean"])));
      return all.flat();
    });
  }

  async #run(
    attempt: StageAttempt,
    killAfter: number,
    more: Readonly<Record<string, string>> = {},
  ): Promise<StageOutcome> {
    const { PATH = "", HOME = "" } = process.env;
    const killer = join(projectRoot, "bench/kill-after.mjs");
    const script = ["--import", killer, join(projectRoot, "runner/start.mjs")];
    return runStageProcess(attempt, {
      script,
      args: [],
      cwd: this.#root,
      environment: { PATH, HOME, TONEARM_TIMEZONE: timezone, BENCH_KILL_AFTER_MS: String(killAfter), ...more },
      onLine: () => undefined,
    });
  }

  async #dropFile(): Promise<void> {
    const day = new Date(Date.UTC(2015, 0, 1 + this.#files));
    const rows = Array.from({ length: 20 }, (_, play) => playRow(new Date(day.getTime() + play * 600_000), play));
    const name = `Streaming_History_Audio_${this.#files}.json`;
    await writeFile(join(this.#root, "inbox", name), JSON.stringify(rows));
    this.#files += 1;
    this.rowsGiven += rows.length;
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

function playRow(end: Date, song: number): object {
  return {
    ts: end.toISOString().replace(".000Z", "Z"),
    username: "someone",
    platform: "android",
    ms_played: 180_000,
    conn_country: "DE",
    ip_addr_decrypted: "192.0.2.7",
    user_agent_decrypted: "unknown",
    master_metadata_track_name: `Song ${song}`,
    master_metadata_album_artist_name: "An Artist",
    master_metadata_album_album_name: "An Album",
    spotify_track_uri: `spotify:track:${String(song).padStart(22, "0")}`,
    episode_name: null,
    episode_show_name: null,
    spotify_episode_uri: null,
    reason_start: "trackdone",
    reason_end: "trackdone",
    shuffle: false,
    skipped: false,
    offline: false,
    offline_timestamp: null,
    incognito_mode: false,
  };
}
