import { readFile } from "node:fs/promises";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { jsonText } from "../json-text.ts";
import { isMissing } from "./durable-files.ts";
import { toStorageError } from "./storage-errors.ts";

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
    return await readFile(path, "utf8");
  } catch (error) {
    // A file where the folder should be is told by who wants to write there.
    if (isMissing(error) || isNoFolder(error)) return null;
    throw toStorageError(error, path);
  }
}

function isNoFolder(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTDIR";
}
