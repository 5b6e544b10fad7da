import { readFile } from "node:fs/promises";

import { z } from "zod";

import { ProjectError } from "../diagnostics.ts";
import { isMissing } from "../warehouse/durable-files.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { lastPoll, lastPollPath } from "./poll-spotify.ts";

/** What is written down of the last poll. */
export type LastPoll = Readonly<z.infer<typeof lastPoll>>;

/** The last poll of a data folder; null when there has been none. */
export async function readLastPoll(dataDir: string): Promise<LastPoll | null> {
  const path = lastPollPath(dataDir);
  try {
    const text = await withStorageErrors(path, () => readFile(path, "utf8"));
    return lastPoll.parse(JSON.parse(text));
  } catch (error) {
    if (isMissing(error)) return null;
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    const hint = "Remove the file; the next poll writes it anew.";
    throw new ProjectError([{ path, message: "the note of the last poll is damaged", hint }], 1, { cause: error });
  }
}
