import { rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { recallJsonFile } from "../warehouse/json-file.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { spotifyFolder } from "./closed-buckets.ts";

/** What is said of it. Where Spotify renews refresh tokens too, an answer that never came had the only one that still counts. */
export const loginEndedText =
  "the login has ended: its six months are over, it was taken back, or Spotify's last answer with a new one was lost";

const note = z.strictObject({ ended_at: z.iso.datetime() });

function notePath(dataDir: string): string {
  return join(spotifyFolder(dataDir), "login-ended.json");
}

/** Notes that Spotify takes the login no more, as against one that was never made or that the user took back. */
export async function noteLoginEnded(dataDir: string, now: Date): Promise<void> {
  await writeWhole(notePath(dataDir), JSON.stringify({ ended_at: now.toISOString() } satisfies z.input<typeof note>));
}

/** There is a login again. */
export async function forgetLoginEnded(dataDir: string): Promise<void> {
  await rm(notePath(dataDir), { force: true });
}

/** When Spotify took the login no more; null when it has not, as far as it was asked. */
export async function readLoginEnded(dataDir: string): Promise<Date | null> {
  const ended = await recallJsonFile(notePath(dataDir), note);
  return ended === null ? null : new Date(ended.ended_at);
}
