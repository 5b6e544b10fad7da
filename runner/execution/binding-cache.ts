import { readFile } from "node:fs/promises";

import * as z from "zod";

import { writeWhole } from "../warehouse/write-whole.ts";

const columnSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  from: z
    .array(z.strictObject({ uniqueId: z.string(), column: z.string() }))
    .readonly()
    .nullable(),
});
const cacheSchema = z.strictObject({
  /** Key of a node → its columns. */
  nodes: z.record(z.string(), z.array(columnSchema).readonly()).readonly(),
  /** Keys of data tests that can be run. */
  tests: z.array(z.string()).readonly(),
  /** A type as it is written → DuckDB's own word for it. */
  types: z.record(z.string(), z.string()).readonly(),
});

export type BindingCache = z.infer<typeof cacheSchema>;

/** What was bound before; nothing where the file is missing, torn or of another version. */
export async function readBindingCache(path: string): Promise<BindingCache> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return { nodes: {}, tests: [], types: {} };
  }
}

/** Keeps what was bound. */
export async function writeBindingCache(path: string, cache: BindingCache): Promise<void> {
  await writeWhole(path, JSON.stringify(cache));
}
