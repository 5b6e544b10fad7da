import * as z from "zod";

import { formatDiagnostic, ProjectError } from "../diagnostics.ts";
import { poll, type PollOptions, type PollReport } from "../ingest/poll.ts";
import { collectRemoved } from "../ingest/remove-landings.ts";
import { spotifyClient } from "../spotify/client.ts";
import { loginEnd } from "../spotify/login-end.ts";
import type { SpotifyContext } from "../spotify/spotify-context.ts";
import { loadTokens } from "../spotify/token-store.ts";
import { withLock, withLockIfFree } from "../warehouse/locks.ts";
import type { Effects } from "./effects.ts";
import { declaredTables } from "./ingest.ts";
import { noteFailure, noteSuccess } from "./last-poll.ts";
import type { LoadedProject } from "./project-options.ts";
import { openSpotify } from "./spotify-context.ts";

const budget = z.coerce.number().int().min(0);

/** Lands the plays that Spotify still has and that are new; takes only the bronze lock. */
export async function pollSpotify(
  loaded: LoadedProject,
  options: { readonly wait: number; readonly trackBudget?: number },
  effects: Effects,
): Promise<PollReport> {
  const { dataDir } = loaded;
  const context = openSpotify(loaded, "tonearm ingest spotify", effects);
  const report = await pollOnce(loaded, { ...options, context }, effects);
  for (const line of renderPoll(report)) effects.print(line);
  await warnOfLogin(dataDir, effects);
  for (const { diagnostics } of troublesOf(report))
    for (const diagnostic of diagnostics) effects.warn(formatDiagnostic(diagnostic));
  return report;
}

/** What was not told, of plays and of tracks. */
export function troublesOf({ interruption, enrichment }: PollReport): readonly ProjectError[] {
  return [...(interruption === null ? [] : [interruption]), ...enrichment.interruptions];
}

interface PollRequest {
  readonly wait: number;
  readonly trackBudget?: number;
  readonly context: SpotifyContext;
}

/** Polls, and writes down for `status` how it went. */
async function pollOnce(
  loaded: LoadedProject,
  { wait, trackBudget = trackBudgetOf(loaded.project.vars), context }: PollRequest,
  effects: Effects,
): Promise<PollReport> {
  const { dataDir } = loaded;
  const options = pollOptions(loaded, trackBudget);
  const { command, runId } = context;
  const lock = { dataDir, command, runId, startedAt: effects.now() };
  try {
    const report = await withLock({ ...lock, name: "bronze", waitSeconds: wait }, async () => {
      const polled = await poll(spotifyClient(context), options);
      // A build that runs now may read them: then it deletes them itself.
      if (polled.hasCompacted) await withLockIfFree({ ...lock, name: "build" }, () => collectRemoved(dataDir));
      return polled;
    });
    const { interruption, landed } = report;
    if (interruption === null || landed > 0) await noteSuccess(dataDir, { polledAt: effects.now(), ...report });
    if (interruption !== null) await noteFailure(dataDir, { failedAt: effects.now(), trouble: interruption });
    return report;
  } catch (error) {
    if (error instanceof ProjectError) await noteFailure(dataDir, { failedAt: effects.now(), trouble: error });
    throw error;
  }
}

function pollOptions(loaded: LoadedProject, trackBudget: number): PollOptions {
  const { project, dataDir } = loaded;
  return {
    dataDir,
    account: String(project.vars["account"] ?? "me"),
    tables: declaredTables(loaded),
    trackBudget,
    ...(project.warehouse.memoryLimit !== null && { memoryLimit: project.warehouse.memoryLimit }),
  };
}

/** How many tracks a poll may ask about. */
export function trackBudgetOf(vars: LoadedProject["project"]["vars"]): number {
  const value = vars["spotify_tracks_per_poll"];
  const parsed = budget.safeParse(value ?? 0);
  if (parsed.success) return parsed.data;
  const message = `is '${String(value)}', not a whole number from 0 on`;
  throw new ProjectError([{ path: "the var spotify_tracks_per_poll", message }]);
}

function renderPoll({ landed, known, gap, rejected, enrichment }: PollReport): readonly string[] {
  const gapLines =
    gap === null
      ? []
      : [`Gap: between ${minute(gap.from)} and ${minute(gap.to)} UTC plays may be missing; an export fills it.`];
  return [
    `Spotify: ${landed} plays landed, ${known} were known.`,
    ...gapLines,
    ...rejected.map(({ row, reason }) => `  row ${row} of the answer is no play of a track: ${reason}`),
    ...(enrichment.tracks > 0 ? [`${enrichment.tracks} tracks asked for, ${enrichment.left} left.`] : []),
  ];
}

async function warnOfLogin(dataDir: string, effects: Effects): Promise<void> {
  const tokens = await loadTokens(dataDir);
  const end = tokens === null ? null : loginEnd(tokens.authorizedAt, effects.now());
  if (end?.isNear === true)
    effects.warn(`The login with Spotify ends in ${end.daysLeft} days; no refresh extends it: npm run login`);
}

function minute(moment: Date): string {
  return moment.toISOString().slice(0, 16).replace("T", " ");
}
