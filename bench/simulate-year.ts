import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { prng, type Prng } from "../runner/prng.ts";
import { poll } from "../runner/ingest/poll.ts";
import { collectRemoved } from "../runner/ingest/remove-landings.ts";
import type { Gap } from "../runner/spotify/poll-window.ts";
import {
  BucketClosedError,
  LoginNeededError,
  RefusedError,
  UnreachableError,
} from "../runner/spotify/spotify-errors.ts";
import { saveTokens } from "../runner/spotify/token-store.ts";
import { type Connection, withDuckDB } from "../runner/warehouse/duckdb.ts";
import { visiblePlays } from "../tests/support/fake-spotify-plays.ts";
import type { FakeRequest } from "../tests/support/fake-spotify-request.ts";
import type { FakePlay, FakeState } from "../tests/support/fake-spotify-state.ts";
import type { FakeFault } from "../tests/support/fake-spotify.ts";
import { declaredTables } from "../tests/support/landing.ts";
import { queryLanded } from "../tests/support/poll-bench.ts";
import { benchTokens, type SpotifyBench } from "../tests/support/spotify-bench.ts";
import { dayMs, hourMs, listenForDays, minuteMs, quickTroubleOf, troubleOf } from "./listening-year.ts";
import { projectRoot, tonearm } from "./measure.ts";

export const pollMs = 15 * minuteMs;

/** A simulated time of polls: what Spotify knew, what answers held, and what had to be noticed. */
export interface SimulatedYear {
  /** Keys of the plays in answers to polls of this process and to those of others that landed; and to those that were killed. */
  readonly shown: ReadonlySet<string>;
  readonly shownToKilled: ReadonlySet<string>;
  /** Worked out from what had been shown before and what Spotify showed then. */
  readonly gaps: readonly Gap[];
  readonly counts: Readonly<Record<string, number>>;
  /** Of the polls in this process, milliseconds each. */
  readonly msOfPoll: number;
}

interface Year {
  readonly bench: SpotifyBench;
  readonly connection: Connection;
  readonly chance: Prng;
  readonly shown: Set<string>;
  readonly shownToKilled: Set<string>;
  readonly gaps: Gap[];
  readonly counts: Record<string, number>;
  /** Newest play that landed, by the simulation's own reckoning; milliseconds. */
  newest: number;
  offsetMs: number;
  /** How long a process that is not killed takes, real milliseconds. */
  wholeMs: number;
}

export interface YearOptions {
  readonly polls: number;
  /** Polls that are processes of their own, killed at random. */
  readonly kills: number;
}

/** What makes a play the same one: its track, or the local file that the fake has, and its end. */
export function keyOf({ trackId, playedAt }: Pick<FakePlay, "trackId" | "playedAt">): string {
  return `${trackId ?? "Garage"} ${playedAt.getTime()}`;
}

/** Listens and polls every 15 minutes through faults, bans, wrong clocks and kills; ends with a poll two days later that nothing hinders. */
export async function simulateYear(bench: SpotifyBench, { polls, kills }: YearOptions): Promise<SimulatedYear> {
  const chance = prng("year of polls");
  const start = bench.clock.now;
  const { fake } = bench;
  fake.state.plays = listenForDays(start, Math.ceil((polls * pollMs) / dayMs), chance.fork("listening"));
  return withDuckDB({ threads: 1 }, async (database) => {
    const connection = await database.connect();
    const sets = { shown: new Set<string>(), shownToKilled: new Set<string>(), gaps: [], counts: {} };
    const year: Year = { bench, connection, chance, ...sets, newest: 0, offsetMs: 0, wholeMs: 0 };
    fake.state.now = () => new Date(bench.clock.now.getTime() - year.offsetMs);
    year.wholeMs = await timeOf(year);
    const every = kills === 0 ? Infinity : Math.floor(polls / kills);
    const banned = new Set([0.2, 0.5, 0.8].map((share) => Math.floor(share * polls)));
    let ms = 0;
    for (let number = 0; number < polls; number++) {
      setClock(year, new Date(start.getTime() + number * pollMs));
      if (banned.has(number)) fake.state.bans.set("/v1/", new Date(fake.state.now().getTime() + dayMs));
      const began = performance.now();
      if (number % every === every - 1) await pollAndKill(year);
      else {
        await pollHere(year, { trackBudget: number % 8 === 0 ? 8 : 0 });
        ms += performance.now() - began;
      }
      fake.requests.splice(0);
      if (number % 2500 === 2499) process.stderr.write(`${number + 1} polls, ${(ms / number).toFixed(1)} ms each\n`);
    }
    year.offsetMs = 0;
    bench.clock.now = new Date(start.getTime() + polls * pollMs + 2 * dayMs);
    await pollHere(year, { trackBudget: 0, trouble: () => null });
    return { ...sets, msOfPoll: ms / Math.max(1, polls - kills) };
  });
}

function count({ counts }: Year, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** The servers' clock is right; the client's is set wrong now and then, by up to a day either way, and put right later. */
function setClock(year: Year, now: Date): void {
  if (year.chance.chance(0.002)) {
    year.offsetMs = year.offsetMs === 0 ? year.chance.integer(-24, 24) * hourMs : 0;
    count(year, "clock shifts");
  }
  year.bench.clock.now = new Date(now.getTime() + year.offsetMs);
}

/** A poll in this process, which asks for tracks as well when `trackBudget` is not 0. */
async function pollHere(
  year: Year,
  {
    trackBudget,
    trouble = (request) => troubleOf(request, year.chance),
  }: { readonly trackBudget: number; readonly trouble?: (request: FakeRequest) => FakeFault | null },
): Promise<void> {
  const { bench, connection } = year;
  const { fake, dataDir } = bench;
  count(year, "polls");
  let visible: readonly FakePlay[] = [];
  fake.chooseFault = (request) => {
    const fault = trouble(request);
    if (fault !== null) count(year, "faults");
    else if (isShown(request, fake.state)) visible = visiblePlays(fake.state);
    return fault;
  };
  try {
    const report = await poll(bench.client, {
      dataDir,
      account: "me",
      tables: declaredTables,
      trackBudget,
      connection,
    });
    if (report.interruption instanceof BucketClosedError) count(year, "closed");
    if (report.hasCompacted) {
      count(year, "compactions");
      await collectRemoved(dataDir);
    }
  } catch (error) {
    if (error instanceof UnreachableError) count(year, "unreachable");
    // The new token was refused as well.
    else if (error instanceof RefusedError && error.status === 401) count(year, "refused twice");
    else if (error instanceof LoginNeededError) await logIn(year);
    else throw error;
  } finally {
    take(year, visible);
  }
}

/** Whether the first page of a poll is answered: with a token that counts, while nothing is banned. */
function isShown({ path, query, authorization }: FakeRequest, state: FakeState): boolean {
  const token = state.accessTokens.get(authorization?.slice("Bearer ".length) ?? "");
  const isGranted = token !== undefined && !token.grant.isRevoked && token.expiresAt > state.now();
  const isBanned = [...state.bans].some(([start, until]) => path.startsWith(start) && state.now() < until);
  return path.endsWith("/recently-played") && !query.has("before") && isGranted && !isBanned;
}

async function logIn(year: Year): Promise<void> {
  count(year, "logins");
  await saveTokens(year.bench.dataDir, benchTokens(year.bench.fake));
}

/** What an answer showed is seen from now on; it leaves a gap when it was full and nothing in it had been seen. */
function take(year: Year, visible: readonly FakePlay[]): void {
  if (visible.length === 0) return;
  const ends = visible.map(({ playedAt }) => playedAt.getTime());
  const isNew = visible.every((play) => !year.shown.has(keyOf(play)));
  if (visible.length === 50 && isNew && year.newest > 0) {
    year.gaps.push({ from: new Date(year.newest), to: new Date(Math.min(...ends)) });
  }
  for (const play of visible) year.shown.add(keyOf(play));
  year.newest = Math.max(year.newest, ...ends);
}

/** A poll by a process of its own, killed at some moment of it, often only after its end. */
async function pollAndKill(year: Year): Promise<void> {
  const { bench, chance } = year;
  const { fake } = bench;
  count(year, "processes");
  fake.chooseFault = (request) => quickTroubleOf(request, chance);
  const visible = visiblePlays(fake.state);
  const child = startPoll(bench);
  const ended = once(child, "exit");
  await Promise.race([sleep(year.wholeMs * chance.between(0.2, 1.2)), ended]);
  child.kill("SIGKILL");
  await ended;
  count(year, child.signalCode === null ? "processes that ended" : "processes killed");
  for (const play of visible) year.shownToKilled.add(keyOf(play));
  const landed = await landedKeys(bench.dataDir);
  // All or nothing: a process lands a poll in one batch.
  if (visible.length > 0 && visible.every((play) => landed.has(keyOf(play)))) take(year, visible);
}

async function timeOf({ bench }: Year): Promise<number> {
  const began = performance.now();
  const child = startPoll(bench);
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`A poll ended with ${child.exitCode}.`);
  return performance.now() - began;
}

function startPoll({ fake, dataDir, clock }: SpotifyBench): ChildProcess {
  const args = ["--import", "./bench/shift-clock.mjs", ...tonearm, "ingest", "spotify"];
  const env = { ...process.env, ...pollEnvironment(fake.vars, dataDir, clock.now) };
  return spawn(process.execPath, args, { cwd: projectRoot, env, stdio: "ignore" });
}

/** What a process needs that polls a fake at a time of its own. */
export function pollEnvironment(
  vars: Readonly<Record<string, string>>,
  dataDir: string,
  now: Date,
): Readonly<Record<string, string>> {
  const named = Object.entries(vars).map(([name, value]) => [`TONEARM_${name.toUpperCase()}`, value]);
  const shift = { BENCH_CLOCK_OFFSET: String(now.getTime() - Date.now()) };
  return { DATA_DIR: dataDir, TONEARM_TIMEZONE: "UTC", ...Object.fromEntries(named), ...shift };
}

/** The keys of the polled plays that landed. */
export async function landedKeys(dataDir: string): Promise<ReadonlySet<string>> {
  return new Set(await landedPlays(dataDir));
}

/** The key of each polled play that landed, as often as it did. */
export async function landedPlays(dataDir: string): Promise<readonly string[]> {
  const sql = `select concat(coalesce(track_id, track_name), ' ', epoch_ms(ended_at)) as play
    from landed where source_kind = 'api'`;
  return (await queryLanded(dataDir, "listening_history", sql)).map(({ play }) =>
    typeof play === "string" ? play : "",
  );
}
