import { readFile } from "node:fs/promises";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { jsonText } from "../json-text.ts";
import { isMissing } from "./durable-files.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** What to tell of a file that is torn, altered or of another version, and what mends it. */
export interface Damage {
  readonly message: string;
  readonly hint: string;
}

/** What one of the runner's JSON files holds, null where there is none; a ProjectError with the remedy where it is damaged. */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { message, hint }: Damage,
): Promise<z.output<Schema> | null> {
  const text = await readOrNull(path);
  if (text === null) return null;
  const parsed = jsonText(schema).safeParse(text);
  if (parsed.success) return parsed.data;
  const found = { path, message: `${message}\n${z.prettifyError(parsed.error)}`, hint };
  throw new ProjectError([found], 1, { cause: parsed.error });
}

/** The same of a file that costs nothing to lose: null also where it is damaged or cannot be read. */
export async function recallJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : (jsonText(schema).safeParse(text).data ?? null);
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await withStorageErrors(path, () => readFile(path, "utf8"));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
