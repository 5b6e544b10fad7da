import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

import { readCopyNote, vouchedRelease } from "./copied-warehouse.ts";
import { dataPaths, type DataFolder } from "./data-folder.ts";
import { fileIdentity, isMissing } from "./durable-files.ts";
import { readReleaseState, type ReleaseState } from "./release-state.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** A published file under `releases/`. */
export interface Release {
  readonly number: number;
  readonly path: string;
  readonly statePath: string;
  readonly hasState: boolean;
  /** Device and inode. */
  readonly identity: string;
}

/** The release that people see as `warehouse.duckdb`. */
export interface CurrentRelease {
  readonly number: number;
  readonly path: string;
  readonly state: ReleaseState;
  /** Whether `warehouse.duckdb` is this very file, or the copy of it where there are no links. Where it is `missing`, a `copy` or `foreign`, even a build with nothing to do has it to mend. */
  readonly warehouse: "linked" | "missing" | "copy" | "foreign";
  readonly warnings: readonly string[];
}

/** Published releases, newest first. */
export async function listReleases(dataDir: string): Promise<readonly Release[]> {
  const paths = dataPaths(dataDir);
  const [releases, warehouse, build] = await Promise.all([
    releaseFiles(paths),
    fileIdentity(paths.warehouse),
    fileIdentity(paths.build),
  ]);
  const note = await readCopyNote(dataDir);
  // A publish counts from its rename over warehouse.duckdb; until then the new release is also build.duckdb.
  if (note === null) return releases.filter(({ identity }) => identity === warehouse || identity !== build);
  const published: Release[] = [];
  for (const release of releases)
    if (release.number <= note.newest || (await haveEqualBytes(paths.warehouse, release.path))) published.push(release);
  return published;
}

/** Every `<n>.duckdb` under `releases/`, newest first, also of a publish that died. */
export async function releaseFiles(paths: DataFolder): Promise<readonly Release[]> {
  const names = await readdir(paths.releases).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
  const releases: Release[] = [];
  for (const name of names) {
    const number = Number(/^([1-9]\d*)\.duckdb$/.exec(name)?.[1]);
    const path = join(paths.releases, name);
    const identity = Number.isNaN(number) ? null : await fileIdentity(path);
    if (identity === null) continue;
    const stateName = `${number}.json`;
    const statePath = join(paths.releases, stateName);
    releases.push({ number, path, statePath, hasState: names.includes(stateName), identity });
  }
  return releases.toSorted((left, right) => right.number - left.number);
}

/** The current release with its state, without loading DuckDB; null when nothing has been published. */
export async function readCurrentRelease(dataDir: string): Promise<CurrentRelease | null> {
  const paths = dataPaths(dataDir);
  return withStorageErrors(paths.releases, async () => {
    for (;;) {
      const before = await fileIdentity(paths.warehouse);
      const [result] = await Promise.allSettled([findCurrent(paths, before)]);
      if (result.status === "fulfilled" && result.value?.warehouse === "linked") return result.value;
      // A publish in another process between our looks explains the mismatch: look again.
      if ((await fileIdentity(paths.warehouse)) !== before) continue;
      if (result.status === "rejected") throw result.reason;
      return result.value;
    }
  });
}

async function findCurrent(paths: DataFolder, identity: string | null): Promise<CurrentRelease | null> {
  const releases = await listReleases(paths.root);
  // Several when an older release was linked back under a new number: the newest number says what was decided last.
  const note = await readCopyNote(paths.root);
  const vouched = note === null ? null : await vouchedRelease(paths.root, note);
  const linked = releases.find((release) =>
    note === null ? release.identity === identity : release.number === vouched,
  );
  if (linked !== undefined) return current(linked, "linked", []);
  const complete = releases.filter((release) => release.hasState);
  const [newest] = complete;
  if (newest === undefined) return null;
  if (identity === null) {
    // Every kept release passed its tests, and the newest is what was published last.
    return current(newest, "missing", [
      `${paths.warehouse} is missing; going on from release ${newest.number}, the newest one kept. A build puts it back.`,
    ]);
  }
  const copied = await findCopied(paths.warehouse, complete);
  if (copied !== undefined) {
    // People read this content, which need not be the newest number: what they see decides, as with a link.
    const isExpected = note !== null;
    return current(
      copied,
      "copy",
      isExpected
        ? []
        : [
            `${paths.warehouse} is a copy of release ${copied.number}, not a link to it (restored from a backup?). A build links it again.`,
          ],
    );
  }
  return current(newest, "foreign", [
    `${paths.warehouse} is none of the releases kept; going on from release ${newest.number}, the newest one. A build moves the file to ${paths.foreign} and puts the release in its place.`,
  ]);
}

async function current(
  release: Release,
  warehouse: CurrentRelease["warehouse"],
  warnings: readonly string[],
): Promise<CurrentRelease> {
  const { number, path, statePath } = release;
  return { number, path, state: await readReleaseState(statePath, number), warehouse, warnings };
}

async function findCopied(warehouse: string, releases: readonly Release[]): Promise<Release | undefined> {
  for (const release of releases) {
    if (await haveEqualBytes(warehouse, release.path)) return release;
  }
  return undefined;
}

/** Compares whole files: dear, but only until the next build; two releases differ in the header, where DuckDB counts checkpoints. */
async function haveEqualBytes(leftPath: string, rightPath: string): Promise<boolean> {
  const isThere = (await fileIdentity(leftPath)) !== null;
  if (!isThere) return false;
  await using left = await open(leftPath);
  await using right = await open(rightPath);
  if ((await left.stat()).size !== (await right.stat()).size) return false;
  const [leftChunk, rightChunk] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
  for (let position = 0; ;) {
    const { bytesRead } = await left.read(leftChunk, 0, leftChunk.length, position);
    if (bytesRead === 0) return true;
    const other = await right.read(rightChunk, 0, bytesRead, position);
    if (other.bytesRead !== bytesRead) return false;
    if (leftChunk.compare(rightChunk, 0, bytesRead, 0, bytesRead) !== 0) return false;
    position += bytesRead;
  }
}
