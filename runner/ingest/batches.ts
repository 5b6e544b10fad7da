import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { isMissing } from "../warehouse/durable-files.ts";

const batchFile = /^([0-9a-f]{16})\.parquet$/;
const replacement = /^([0-9a-f]{16})\.replaces$/;
const stagedReplacement = /^[0-9a-f]{16}\.replaces\.\d+\.next$/;
const removalMark = /^([0-9a-f]{16})\.removed$/;

/** Where the rows of one batch lie; the table `landings` holds the batches' commit records. */
export function batchPath(dataDir: string, table: string, batchId: string): string {
  return join(dataDir, "bronze", table, `${batchId}.parquet`);
}

/** The mark beside a batch's record that takes it out of what counts, while a kept release may still read its files. */
export function removalPath(dataDir: string, batchId: string): string {
  return join(dataDir, "bronze", "landings", `${batchId}.removed`);
}

/** Beside the record of a batch that was put together from others: their ids, a line each; from its record on they do not count. */
export function replacesPath(dataDir: string, batchId: string): string {
  return join(dataDir, "bronze", "landings", `${batchId}.replaces`);
}

/**
 * Table → its committed batch ids, sorted: those whose rows and whose landing record both exist and that were not taken
 * out again. Never loads DuckDB.
 */
export async function listBatches(dataDir: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const bronze = join(dataDir, "bronze");
  // In this order: a batch is marked, and replaced ones are deleted, only after the record that stands for it is there.
  const removed = await removedBatches(dataDir);
  const records = await recordedBatches(dataDir);
  const gone = new Set([...removed, ...(await replacedBatches(dataDir, records))]);
  const recorded = new Set(records.filter((id) => !gone.has(id)));
  const batches: Record<string, readonly string[]> = {};
  const committed: string[] = [];
  for (const table of (await folderNames(bronze)).filter((name) => name !== "landings")) {
    const ids = (await batchIds(join(bronze, table))).filter((id) => recorded.has(id));
    if (ids.length > 0) batches[table] = ids;
    committed.push(...ids);
  }
  if (committed.length > 0) batches["landings"] = committed.toSorted();
  return batches;
}

/** Ids of the batches that have a record, those included that do not count any more. */
export async function recordedBatches(dataDir: string): Promise<readonly string[]> {
  return batchIds(join(dataDir, "bronze", "landings"));
}

/** Ids of the batches that were put together into one of the recorded ones. */
export async function replacedBatches(dataDir: string, recorded: readonly string[]): Promise<readonly string[]> {
  const records = new Set(recorded);
  const lists = (await replacingBatches(dataDir)).filter((id) => records.has(id));
  const texts = await Promise.all(lists.map((id) => ifPresent(readFile(replacesPath(dataDir, id), "utf8"))));
  return texts.flatMap((text) => text?.split("\n") ?? []);
}

/** Ids of the batches that were or, without a record, were to be put together from others. */
export async function replacingBatches(dataDir: string): Promise<readonly string[]> {
  return batchIds(join(dataDir, "bronze", "landings"), replacement);
}

/** Paths of lists of replaced batches that a killed process did not bring to their place. */
export async function stagedReplacements(dataDir: string): Promise<readonly string[]> {
  const folder = join(dataDir, "bronze", "landings");
  const names = (await ifPresent(readdir(folder))) ?? [];
  return names.filter((name) => stagedReplacement.test(name)).map((name) => join(folder, name));
}

/** Ids of the batches that were taken out and whose files may still be there. */
export async function removedBatches(dataDir: string): Promise<readonly string[]> {
  return batchIds(join(dataDir, "bronze", "landings"), removalMark);
}

/** The tables below bronze, whatever counts in them. */
export async function bronzeTables(dataDir: string): Promise<readonly string[]> {
  return folderNames(join(dataDir, "bronze"));
}

async function folderNames(path: string): Promise<readonly string[]> {
  const entries = await ifPresent(readdir(path, { withFileTypes: true }));
  return (entries ?? [])
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

async function batchIds(folder: string, pattern = batchFile): Promise<readonly string[]> {
  const names = (await ifPresent(readdir(folder))) ?? [];
  return names.flatMap((name) => pattern.exec(name)?.[1] ?? []).toSorted();
}

async function ifPresent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
