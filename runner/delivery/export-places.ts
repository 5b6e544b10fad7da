import { createHash } from "node:crypto";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { dataPaths, makeFolder } from "../warehouse/data-folder.ts";
import { isMissing, writePrivately } from "../warehouse/durable-files.ts";
import { readJsonFile } from "../warehouse/json-file.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { fileFormats } from "./file-formats.ts";
import { removeReleaseFolders } from "./write-release-folder.ts";

const exportPlace = z.union([
  /** An absolute path: the file of duckdb, the folder of parquet and csv. */
  z.strictObject({ to: z.enum(fileFormats), path: z.string() }),
  /** `user@host:port/database`, never with the password; null for the Postgres of our own. */
  z.strictObject({ to: z.literal("postgres"), server: z.string().nullable() }),
]);

/** Where a release was ever exported to. */
export type ExportPlace = Readonly<z.infer<typeof exportPlace>>;
export type FilePlace = Extract<ExportPlace, { readonly path: string }>;

/** Remembers a place before anything is written there, so that what must be deleted everywhere can be; a file a place, for several exports may run. */
export async function rememberExport(dataDir: string, place: ExportPlace): Promise<void> {
  const { deliveries } = dataPaths(dataDir);
  const text = `${JSON.stringify(place)}\n`;
  const path = join(deliveries, `${createHash("sha256").update(text).digest("hex").slice(0, 16)}.json`);
  await withStorageErrors(path, async () => {
    if (await isThere(path)) return;
    await makeFolder(deliveries);
    await writePrivately(path, text);
  });
}

/** Every place that is remembered, in no order that matters. */
export async function readExportPlaces(dataDir: string): Promise<readonly ExportPlace[]> {
  const { deliveries } = dataPaths(dataDir);
  const names = await readdir(deliveries).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const hint = "Remove the file; an export that it told of must then be deleted by hand.";
  const damage = { message: "the note of an export cannot be read", hint };
  const paths = names.filter((name) => name.endsWith(".json")).map((name) => join(deliveries, name));
  const places = await Promise.all(paths.map((path) => readJsonFile(path, exportPlace, damage)));
  return places.filter((place) => place !== null);
}

/** Whether an export lies at a place, and not on a disk that is away or where someone deleted it. */
export async function isExportThere({ to, path }: FilePlace): Promise<boolean> {
  return isThere(to === "duckdb" ? path : join(path, "current"));
}

/** Deletes an export, and nothing else that lies beside it. */
export async function removeExport({ to, path }: FilePlace): Promise<void> {
  await withStorageErrors(path, () => (to === "duckdb" ? rm(path) : removeReleaseFolders(path)));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
