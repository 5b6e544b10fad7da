import { randomUUID } from "node:crypto";
import { readdir, realpath, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { dataFolder, dataPaths, type LockName } from "./data-folder.ts";
import { copyDurably, fileIdentity, sync, tryLink } from "./durable-files.ts";
import { recallJsonFile } from "./json-file.ts";
import { toStorageError, withStorageErrors } from "./storage-errors.ts";

export interface LockOptions {
  readonly dataDir: string;
  readonly name: LockName;
  /** What the holder is called when it stands in another run's way, e.g. "tonearm build". */
  readonly command: string;
  readonly runId: string;
  readonly startedAt: Date;
  /** How long to wait for another holder; 0 fails at once. */
  readonly waitSeconds: number;
  /** Told once, when the lock is taken and waiting begins. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined;
  /** Ends the waiting, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const lockNote = z.strictObject({
  pid: z.int(),
  command: z.string(),
  runId: z.string(),
  startedAt: z.iso.datetime(),
});

/** Who holds a lock; only the process is known of one that has not written its note yet or is no run of ours. */
export type LockHolder = z.infer<typeof lockNote> | { readonly pid: number | null };

interface Lock extends LockOptions {
  /** The DuckDB file, by its real path. */
  readonly path: string;
  /** The JSON beside it that names the holder. */
  readonly notePath: string;
}

type Attempt<T> =
  | { readonly isHeld: true; readonly result: T }
  | { readonly isHeld: false; readonly holder: LockHolder };

/** Locks of this process: the operating system's lock does not exclude a process from itself, and opening the file twice drops it. */
const heldHere = new Set<string>();

/** How long a holder may take from the lock to its note before it is reported by its process alone. */
const noteGraceMs = 500;

/** Runs `use` while holding a lock that no death of the process can leave behind; a ProjectError names the holder that did not let go. */
export async function withLock<T>(options: LockOptions, use: () => Promise<T>): Promise<T> {
  const lock = await locate(options);
  const waitMs = options.waitSeconds * 1000;
  const start = performance.now();
  let isAnnounced = false;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const attempt = await tryLock(lock, use);
    if (attempt.isHeld) return attempt.result;
    const elapsedMs = performance.now() - start;
    const isKnown = "command" in attempt.holder || elapsedMs >= noteGraceMs;
    if (isKnown && elapsedMs >= waitMs) throw taken(options, attempt.holder);
    if (isKnown && !isAnnounced) options.onWait?.(attempt.holder);
    isAnnounced ||= isKnown;
    await pause(isKnown ? Math.min(pauseMs, waitMs - elapsedMs) : pauseMs, options.signal);
  }
}

/** Runs `use` only if nobody holds the lock at this moment; gives undefined otherwise. */
export async function withLockIfFree<T>(
  options: Omit<LockOptions, "waitSeconds" | "onWait">,
  use: () => Promise<T>,
): Promise<T | undefined> {
  const attempt = await tryLock(await locate({ ...options, waitSeconds: 0 }), use);
  return attempt.isHeld ? attempt.result : undefined;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}

/** One line about a holder: process, command, run, since when. */
export function describeHolder(holder: LockHolder): string {
  if (!("command" in holder)) return holder.pid === null ? "another program" : `process ${holder.pid}`;
  return `process ${holder.pid}, ${holder.command}, run ${holder.runId}, since ${holder.startedAt}`;
}

async function locate(options: LockOptions): Promise<Lock> {
  const { locks } = await dataFolder(options.dataDir);
  const folder = await realpath(locks);
  return { ...options, path: join(folder, `${options.name}.duckdb`), notePath: join(folder, `${options.name}.json`) };
}

async function tryLock<T>(lock: Lock, use: () => Promise<T>): Promise<Attempt<T>> {
  if (heldHere.has(lock.path)) return { isHeld: false, holder: await readHolder(lock.notePath, process.pid) };
  heldHere.add(lock.path);
  let isHeld = false;
  try {
    await withStorageErrors(lock.path, () => makeLockFile(lock.path));
    return await openAlone(lock.path, async () => {
      isHeld = true;
      return { isHeld, result: await holding(lock, use) };
    });
  } catch (error) {
    if (isHeld) throw error;
    const pid = conflictingProcess(error);
    if (pid === undefined) throw unusable(error, lock.path);
    return { isHeld: false, holder: await readHolder(lock.notePath, pid) };
  } finally {
    heldHere.delete(lock.path);
  }
}

async function holding<T>(lock: Lock, use: () => Promise<T>): Promise<T> {
  const { command, runId, startedAt, notePath } = lock;
  const note = { pid: process.pid, command, runId, startedAt: startedAt.toISOString() };
  try {
    await sweepUnfinished(lock.path);
    await withStorageErrors(notePath, () => writeFile(notePath, JSON.stringify(note), { mode: 0o600 }));
    return await use();
  } finally {
    // Before the lock goes: afterwards it might be the next holder's note.
    await rm(notePath, { force: true });
  }
}

/** Opens a DuckDB file, which locks it until the process closes it or dies; imported here, so that commands without a lock stay light. */
async function openAlone<T>(path: string, use: () => Promise<T>): Promise<T> {
  const { withDuckDB } = await import("./duckdb.ts");
  return withDuckDB({ path, threads: 1, memoryLimit: "16MB" }, use);
}

/**
 * Makes the file to be locked appear as a whole: a process killed while DuckDB writes the first blocks would otherwise leave a file nobody
 * can open. From then on only its name may be touched: closing any descriptor of it would drop this process's lock.
 */
async function makeLockFile(path: string): Promise<void> {
  if (await exists(path)) return;
  const made = `${path}.${randomUUID()}`;
  await openAlone(made, () => Promise.resolve());
  try {
    await sync(made);
    if (!(await tryLink(made, path))) await copyDurably(made, path);
  } catch (error) {
    // Another process was faster, and may have swept ours away: its file is as good.
    if (!(await exists(path))) throw error;
  }
  await rm(made, { force: true });
}

/** Removes the unfinished lock files of processes that died while making them. */
async function sweepUnfinished(path: string): Promise<void> {
  const unfinished = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of unfinished) await rm(join(dirname(path), name), { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return (await fileIdentity(path)) !== null;
}

/** The process DuckDB names as the holder: null when it cannot tell, undefined when the error is another one. */
function conflictingProcess(error: unknown): number | null | undefined {
  if (!(error instanceof Error) || !error.message.includes("Could not set lock on file")) return undefined;
  // 0 is a process of another container.
  return Number(/\(PID (\d+)\)/.exec(error.message)?.[1] ?? 0) || null;
}

/** The note beside the lock, unless it is missing, torn, or left by a process that died and is not the holder. */
async function readHolder(notePath: string, pid: number | null): Promise<LockHolder> {
  const note = await recallJsonFile(notePath, lockNote);
  return note !== null && (pid === null || note.pid === pid) ? note : { pid };
}

/** Another run holds a lock that was asked for: it may be free next time. */
export class LockTakenError extends ProjectError {}

function taken({ dataDir, name, waitSeconds }: LockOptions, holder: LockHolder): ProjectError {
  const waited = waitSeconds === 0 ? "" : ` and did not let go within ${waitSeconds} s`;
  const message = `another run holds the ${name} lock${waited}: ${describeHolder(holder)}`;
  const hint = "Run again when it has ended, or let this command wait for it: --wait 600 (seconds).";
  return new LockTakenError([{ path: join(dataPaths(dataDir).locks, `${name}.duckdb`), message, hint }], 1);
}

function unusable(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !error.message.includes("not a valid DuckDB database file")) {
    return toStorageError(error, path);
  }
  const hint = "Remove the file while no tonearm command runs; the next one makes it anew.";
  return new ProjectError([{ path, message: "the lock file is damaged", hint }], 1);
}
