import assert from "node:assert/strict";
import { test } from "node:test";

import { prng } from "../../../runner/prng.ts";
import { findGap, type Gap, pollStart } from "../../../runner/spotify/poll-window.ts";
import { playKey, pollRecentlyPlayed } from "../../../runner/spotify/recently-played.ts";
import { BucketClosedError, UnreachableError } from "../../../runner/spotify/spotify-errors.ts";
import { visiblePlays } from "../../support/fake-spotify-plays.ts";
import type { FakeRequest } from "../../support/fake-spotify-request.ts";
import type { FakePlay } from "../../support/fake-spotify-state.ts";
import type { FakeFault, FakeSpotify } from "../../support/fake-spotify.ts";
import { type SpotifyBench, withSpotifyBench } from "../../support/spotify-bench.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const pollMs = 15 * minuteMs;
const days = 5;

const chance = prng("troubled polls");

/** Five days of listening, about twelve hours each: a play every three or four minutes, some of which show up late. */
function listen(start: Date): FakePlay[] {
  const plays: FakePlay[] = [];
  for (let at = 0; at < days * 24 * hourMs; at += chance.integer(180_000, 240_000)) {
    if (at % (24 * hourMs) > 12 * hourMs) continue;
    const playedAt = new Date(start.getTime() + at);
    const trackId = chance.chance(0.02) ? null : String(chance.integer(1, 200)).padStart(22, "0");
    const lateMs = chance.chance(0.03) ? chance.integer(0, 2 * hourMs) : 0;
    plays.push({ trackId, playedAt, visibleFrom: new Date(playedAt.getTime() + lateMs) });
  }
  return plays;
}

function keyOf({ trackId, playedAt }: FakePlay): string {
  return `${trackId ?? "spotify:local:The+Neighbours:Demo+Tape:Garage:181"} ${playedAt.getTime()}`;
}

/** One request in ten fails, in any of the ways there are. */
function troubleOf({ path }: FakeRequest): FakeFault | null {
  if (!chance.chance(0.1)) return null;
  return chance.pick<FakeFault>([
    { kind: "rate", retryAfterSeconds: chance.integer(1, 5) },
    { kind: "quota", retryAfterSeconds: chance.integer(1, 8) * 3600 },
    { kind: "status", status: chance.pick([500, 502, 503]) },
    path === "/api/token" ? { kind: "reset" } : { kind: "unauthorized" },
    { kind: "reset", isDone: chance.chance(0.5) },
    { kind: "hang", isDone: chance.chance(0.5) },
    { kind: "cut", isDone: true },
    { kind: "truncate" },
  ]);
}

/** The plays that an answer to this request holds, worked out from what Spotify shows at this moment. */
function shownTo({ path, query, authorization }: FakeRequest, { state }: FakeSpotify): readonly string[] {
  const token = state.accessTokens.get(authorization?.slice("Bearer ".length) ?? "");
  if (!path.endsWith("/recently-played") || token === undefined || token.expiresAt <= state.now()) return [];
  const after = Number(query.get("after") ?? 0);
  const before = Number(query.get("before") ?? Infinity);
  return visiblePlays(state)
    .filter(({ playedAt }) => playedAt.getTime() > after && playedAt.getTime() < before)
    .map(keyOf);
}

/** Sets the client's clock wrong, by up to a day either way; the server's goes on. */
function shiftClock({ clock, fake }: SpotifyBench): void {
  const shiftMs = chance.integer(-24, 24) * hourMs;
  const server = fake.state.now;
  clock.now = new Date(clock.now.getTime() + shiftMs);
  fake.state.now = () => new Date(server().getTime() - shiftMs);
}

test("five days of polls in trouble land every play that was shown, once, and every lost one lies in a gap", () =>
  withSpotifyBench(async (bench) => {
    const { fake, client, pass } = bench;
    const start = fake.state.now();
    fake.state.plays = listen(start);
    const landed: string[] = [];
    const shown = new Set<string>();
    const gaps: Gap[] = [];
    const counts = { polls: 0, closed: 0, unreachable: 0, interrupted: 0 };
    let newestAt: Date | null = null;
    fake.chooseFault = (request) => {
      const fault = troubleOf(request);
      if (fault === null) for (const key of shownTo(request, fake)) shown.add(key);
      return fault;
    };
    while (fake.state.now().getTime() - start.getTime() < days * 24 * hourMs) {
      pass(chance.chance(0.01) ? 6 * hourMs : pollMs);
      if (chance.chance(0.02)) shiftClock(bench);
      counts.polls += 1;
      try {
        const known = { newestAt, keys: new Set(landed) };
        const polled = await pollRecentlyPlayed(client, { after: pollStart(known) });
        if (polled.interruption !== null) counts.interrupted += 1;
        const gap = findGap(polled, known);
        if (gap !== null) gaps.push(gap);
        const fresh = polled.plays.filter((play) => !known.keys.has(playKey(play)));
        landed.push(...fresh.map(playKey));
        const [newest] = polled.plays;
        if (newest !== undefined && (newestAt === null || newest.playedAt > newestAt)) newestAt = newest.playedAt;
      } catch (error) {
        if (error instanceof BucketClosedError) counts.closed += 1;
        else if (error instanceof UnreachableError) counts.unreachable += 1;
        else throw error;
      }
    }
    assert.equal(new Set(landed).size, landed.length);
    assert.deepEqual(new Set(landed), shown);
    const last = newestAt ?? start;
    const lost = fake.state.plays.filter((play) => !shown.has(keyOf(play)) && play.playedAt < last);
    // One that shows up late can be older than the gap that swallows it.
    const isIn = ({ playedAt, visibleFrom = playedAt }: FakePlay, { from, to }: Gap): boolean =>
      from < visibleFrom && playedAt < to;
    const unexplained = lost.filter((play) => !gaps.some((gap) => isIn(play, gap)));
    assert.deepEqual(unexplained, []);
    // Without these the test would show nothing.
    assert.ok(
      counts.closed > 0 && counts.interrupted > 0 && gaps.length > 0 && lost.length > 0,
      JSON.stringify(counts),
    );
    assert.ok(landed.length > 500, String(landed.length));
  }));
