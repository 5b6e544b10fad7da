import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { isAliveHere } from "../execution/read-history.ts";
import { dataFolder, dataPaths } from "../warehouse/data-folder.ts";
import { recallJsonFile } from "../warehouse/json-file.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";

const noteSchema = z.strictObject({ pid: z.int(), startedAt: z.iso.datetime() });

/**
 * Runs `use` as the only scheduler of a data folder. The other locks need DuckDB, which a scheduler does not load; this one is a file with the
 * process in it, which the next scheduler sets aside when that process is gone. The work itself is guarded by the locks of the stages.
 */
export async function asOnlyScheduler<T>(
  dataDir: string,
  { pid, now }: { readonly pid: number; readonly now: () => Date },
  use: () => Promise<T>,
): Promise<T> {
  await dataFolder(dataDir);
  const path = schedulerPath(dataDir);
  const note = JSON.stringify({ pid, startedAt: now().toISOString() });
  for (let tries = 0; !(await isMade(path, note)); tries++) {
    const holder = await recallJsonFile(path, noteSchema);
    if (holder !== null && holder.pid !== pid && isAliveHere(holder)) throw taken(path, holder);
    if (tries === 5) throw new Error(`The file ${path} of a scheduler that is gone cannot be set aside.`);
    await rename(path, `${path}.${pid}`).catch(() => undefined);
    await rm(`${path}.${pid}`, { force: true });
  }
  try {
    return await use();
  } finally {
    await rm(path, { force: true });
  }
}

/** The scheduler of a data folder; null when none runs. */
export async function readOnlyScheduler(dataDir: string): Promise<z.infer<typeof noteSchema> | null> {
  const note = await recallJsonFile(schedulerPath(dataDir), noteSchema);
  return note !== null && isAliveHere(note) ? note : null;
}

function schedulerPath(dataDir: string): string {
  return join(dataPaths(dataDir).locks, "scheduler.json");
}

async function isMade(path: string, note: string): Promise<boolean> {
  try {
    await withStorageErrors(path, () => writeFile(path, note, { flag: "wx", mode: 0o600 }));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function taken(path: string, { pid, startedAt }: z.infer<typeof noteSchema>): ProjectError {
  const message = `another scheduler runs on this data folder: process ${pid}, since ${startedAt}`;
  const hint = `Stop it first (kill ${pid}, or systemctl stop); two would run everything twice.`;
  return new ProjectError([{ path, message, hint }], 1);
}
