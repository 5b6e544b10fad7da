import { join } from "node:path";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { spotifyFolder } from "../spotify/closed-buckets.ts";
import { readJsonFile } from "../warehouse/json-file.ts";
import { writeWhole } from "../warehouse/write-whole.ts";

const lastPoll = z.strictObject({
  /** When a poll last came to its end; null before the first. */
  polled_at: z.iso.datetime().nullable(),
  newest_play_at: z.iso.datetime().nullable(),
  landed: z.int(),
  /** Why the polls since then did not, and since when; null when the last one did. */
  failing: z.strictObject({ since: z.iso.datetime(), reason: z.string() }).nullable().default(null),
});

/** What is written down of the last poll, for `status`. */
export type LastPoll = Readonly<z.infer<typeof lastPoll>>;

/** Where it lies. */
export function lastPollPath(dataDir: string): string {
  return join(spotifyFolder(dataDir), "last-poll.json");
}

/** The last poll of a data folder; null when there has been none. */
export async function readLastPoll(dataDir: string): Promise<LastPoll | null> {
  const hint = "Remove the file; the next poll writes it anew.";
  return readJsonFile(lastPollPath(dataDir), lastPoll, { message: "the note of the last poll is damaged", hint });
}

/** Writes down a poll that came to its end. */
export async function noteSuccess(
  dataDir: string,
  poll: { readonly polledAt: Date; readonly newestPlayAt: Date | null; readonly landed: number },
): Promise<void> {
  await save(dataDir, {
    polled_at: poll.polledAt.toISOString(),
    newest_play_at: poll.newestPlayAt?.toISOString() ?? null,
    landed: poll.landed,
    failing: null,
  });
}

/** Writes down why a poll did not; the last one that did stays known. */
export async function noteFailure(
  dataDir: string,
  { failedAt, trouble }: { readonly failedAt: Date; readonly trouble: ProjectError },
): Promise<void> {
  const before = (await readLastPoll(dataDir).catch(ignoreDamage)) ?? {
    polled_at: null,
    newest_play_at: null,
    landed: 0,
    failing: null,
  };
  const since = before.failing?.since ?? failedAt.toISOString();
  const [first] = trouble.diagnostics;
  const reason = `${first?.path ?? ""} ${first?.message ?? ""}`.replaceAll(/\s+/g, " ").trim();
  await save(dataDir, { ...before, failing: { since, reason } });
}

/** A damaged note is written anew. */
function ignoreDamage(error: unknown): null {
  if (error instanceof ProjectError) return null;
  throw error;
}

async function save(dataDir: string, note: LastPoll): Promise<void> {
  await writeWhole(lastPollPath(dataDir), JSON.stringify(note));
}
