import { join } from "node:path";

import * as z from "zod";

import { dataPaths, makeFolder } from "../warehouse/data-folder.ts";
import { writeDurably } from "../warehouse/durable-files.ts";
import { readJsonFile } from "../warehouse/json-file.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { moveSchema } from "./registry-history.ts";

const aliasSchema = z.strictObject({
  version: z.int().positive(),
  /** Of the version's record. */
  sha256: z.string(),
  /** So that a move is known also when its line in the history was never written. */
  move: moveSchema.readonly(),
});

const aliasesSchema = z.strictObject({
  format: z.literal(1),
  models: z.record(
    z.string(),
    z
      .strictObject({
        champion: aliasSchema.readonly().nullable(),
        challenger: aliasSchema.readonly().nullable(),
      })
      .readonly(),
  ),
});

/** Model → the versions its aliases point to. */
export type Aliases = Readonly<z.infer<typeof aliasesSchema>["models"]>;

export type AliasName = "champion" | "challenger";

/** Where all aliases point; none before the first training. A file that is no alias file is an error that names it. */
export async function readAliases(dataDir: string): Promise<Aliases> {
  const hint = "Put the file back from a backup; or remove it and promote the champions again, as history.jsonl tells.";
  const damage = { message: "the registry's aliases cannot be read", hint };
  return (await readJsonFile(aliasPath(dataDir), aliasesSchema, damage))?.models ?? {};
}

/** Moves all aliases at once: whoever reads sees them as they were or as they are to be. */
export async function writeAliases(dataDir: string, models: Aliases): Promise<void> {
  const path = aliasPath(dataDir);
  await withStorageErrors(path, async () => {
    await makeFolder(dataPaths(dataDir).registry);
    await writeDurably(path, `${JSON.stringify({ format: 1, models }, null, 1)}\n`);
  });
}

function aliasPath(dataDir: string): string {
  return join(dataPaths(dataDir).registry, "aliases.json");
}
