import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import * as z from "zod";

import { findGap, pollStart } from "../../../runner/spotify/poll-window.ts";
import { playKey, pollRecentlyPlayed, type RecentPlay } from "../../../runner/spotify/recently-played.ts";
import { BucketClosedError, UnexpectedAnswerError } from "../../../runner/spotify/spotify-errors.ts";
import type { FakePlay } from "../../support/fake-spotify-state.ts";
import { trackObject } from "../../support/fake-spotify-objects.ts";
import { recordingPath, skipWithoutRecordings } from "../../support/spotify-contract.ts";
import { withSpotifyBench } from "../../support/spotify-bench.ts";

const minuteMs = 60_000;
const eight = Date.parse("2026-11-22T08:00:00.000Z");

/** Plays that end a minute after each other, the first at 08:00 UTC; ids tell their number. */
function playsFrom(first: number, count: number): FakePlay[] {
  return Array.from({ length: count }, (_, index) => ({
    trackId: idOf(first + index),
    playedAt: new Date(eight + (first + index) * minuteMs),
  }));
}

function idOf(number: number): string {
  return String(number).padStart(22, "0");
}

function idsOf(plays: readonly RecentPlay[]): readonly (string | null)[] {
  return plays.map(({ track }) => track.trackId);
}

test("a poll gives each play with its track, its context and its end to the millisecond", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.state.plays = [
      {
        trackId: idOf(1),
        playedAt: new Date("2026-11-22T08:00:00.000Z"),
        contextUri: "spotify:album:4LH4d3cOWNNsVw41Gqt2kv",
      },
      { trackId: idOf(2), playedAt: new Date("2026-11-22T08:04:01.234Z") },
    ];
    const { plays, rejected, interruption } = await pollRecentlyPlayed(client, { after: null });
    const album = { albumType: "album", releaseDate: "1999-05", releaseDatePrecision: "month" };
    const same = { durationMs: 207_960, isExplicit: false, isLocal: false, isrc: "DEA123456789" };
    assert.deepEqual(plays, [
      {
        track: {
          ...same,
          trackId: "0000000000000000000002",
          trackUri: "spotify:track:0000000000000000000002",
          trackName: "Track 0000000000000000000002",
          album: { ...album, albumId: "album00000000000000002", albumName: "Album of 0000000000000000000002" },
          artists: [{ artistId: "artist0000000000000002", artistName: "Artist of 0000000000000000000002" }],
        },
        playedAt: new Date("2026-11-22T08:04:01.234Z"),
        contextType: null,
        contextUri: null,
      },
      {
        track: {
          ...same,
          trackId: "0000000000000000000001",
          trackUri: "spotify:track:0000000000000000000001",
          trackName: "Track 0000000000000000000001",
          album: { ...album, albumId: "album00000000000000001", albumName: "Album of 0000000000000000000001" },
          artists: [{ artistId: "artist0000000000000001", artistName: "Artist of 0000000000000000000001" }],
        },
        playedAt: new Date("2026-11-22T08:00:00.000Z"),
        contextType: "album",
        contextUri: "spotify:album:4LH4d3cOWNNsVw41Gqt2kv",
      },
    ]);
    assert.deepEqual([rejected, interruption], [[], null]);
    assert.deepEqual(takeRequests(), [
      "GET /v1/me/player/recently-played?limit=50",
      `GET /v1/me/player/recently-played?limit=50&before=${eight}`,
    ]);
  }));

test("a file of the user's own has no track id and is known by its URI", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.plays = [{ trackId: null, playedAt: new Date(eight) }];
    const { plays } = await pollRecentlyPlayed(client, { after: null });
    assert.deepEqual(
      plays.map(({ track }) => track),
      [
        {
          trackId: null,
          trackUri: "spotify:local:The+Neighbours:Demo+Tape:Garage:181",
          trackName: "Garage",
          durationMs: 181_000,
          isExplicit: false,
          isLocal: true,
          isrc: null,
          album: {
            albumId: null,
            albumName: "Demo Tape",
            albumType: null,
            releaseDate: null,
            releaseDatePrecision: null,
          },
          artists: [{ artistId: null, artistName: "The Neighbours" }],
        },
      ],
    );
    assert.deepEqual(plays.map(playKey), [`spotify:local:The+Neighbours:Demo+Tape:Garage:181 ${eight}`]);
  }));

test("a poll with nothing new takes one request, one that overlaps what is known two", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.state.plays = playsFrom(0, 3);
    const newest = new Date(eight + 2 * minuteMs);
    assert.deepEqual((await pollRecentlyPlayed(client, { after: newest })).plays, []);
    assert.deepEqual(takeRequests(), [`GET /v1/me/player/recently-played?limit=50&after=${newest.getTime()}`]);
    const after = new Date(newest.getTime() - 1);
    assert.deepEqual(idsOf((await pollRecentlyPlayed(client, { after })).plays), [idOf(2)]);
    assert.deepEqual(takeRequests(), [
      `GET /v1/me/player/recently-played?limit=50&after=${newest.getTime() - 1}`,
      `GET /v1/me/player/recently-played?limit=50&after=${newest.getTime()}`,
    ]);
  }));

test("pages follow by `after` until there is no next one", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.state.plays = playsFrom(0, 7);
    const { plays } = await pollRecentlyPlayed(client, { after: new Date(eight), pageSize: 3 });
    assert.deepEqual(idsOf(plays), [6, 5, 4, 3, 2, 1].map(idOf));
    const at = (minutes: number): number => eight + minutes * minuteMs;
    assert.deepEqual(takeRequests(), [
      `GET /v1/me/player/recently-played?limit=3&after=${at(0)}`,
      `GET /v1/me/player/recently-played?limit=3&after=${at(3)}`,
      `GET /v1/me/player/recently-played?limit=3&after=${at(6)}`,
    ]);
  }));

test("a play that comes on two pages is one play, and two plays of a track are two", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const row = (id: string, playedAt: string): object => ({
      track: trackObject(id),
      played_at: playedAt,
      context: null,
    });
    const page = (items: readonly object[], next: string | null): object => ({ items, next, cursors: null });
    const next = "https://api.spotify.com/v1/me/player/recently-played?after=1&limit=50";
    const pages = [
      page([row(idOf(1), "2026-11-22T08:03:00Z"), row(idOf(1), "2026-11-22T08:00:00.000Z")], next),
      page([row(idOf(2), "2026-11-22T08:09:00.5Z"), row(idOf(1), "2026-11-22T08:03:00.000Z")], null),
    ];
    fake.failNext("/v1/me", ...pages.map((body) => ({ kind: "reply", reply: { status: 200, body } }) as const));
    const { plays } = await pollRecentlyPlayed(client, { after: null });
    assert.deepEqual(plays.map(playKey), [
      `${idOf(2)} ${eight + 9 * minuteMs + 500}`,
      `${idOf(1)} ${eight + 3 * minuteMs}`,
      `${idOf(1)} ${eight}`,
    ]);
  }));

test("a row that is no play of a track is left out and named, the others land", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const track = trackObject(idOf(1));
    const items = [
      { track: { ...track, type: "episode" }, played_at: "2026-11-22T08:03:00Z", context: null },
      { track, played_at: "yesterday", context: null },
      { track, played_at: "2026-11-22T08:00:00Z", context: null },
      null,
    ];
    fake.failNext("/v1/me", { kind: "reply", reply: { status: 200, body: { items, next: null, cursors: null } } });
    const { plays, rejected } = await pollRecentlyPlayed(client, { after: null });
    assert.deepEqual(idsOf(plays), [idOf(1)]);
    assert.deepEqual(rejected, [
      { row: 1, reason: 'track.type: Invalid input: expected "track"' },
      { row: 2, reason: "played_at: Invalid ISO datetime" },
      { row: 4, reason: "Invalid input: expected object, received null" },
    ]);
  }));

test("an answer without items is an error that gives nothing of it away", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.failNext("/v1/me", { kind: "reply", reply: { status: 200, body: { items: "planted-secret" } } });
    await assert.rejects(pollRecentlyPlayed(client, { after: null }), (error) => {
      assert.ok(error instanceof UnexpectedAnswerError);
      assert.match(error.message, /is not understood: items: Invalid input: expected array, received string$/);
      return true;
    });
  }));

test("what came before a page that fails is given, with the reason", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.plays = playsFrom(0, 50);
    const first = await pollRecentlyPlayed(client, { after: new Date(eight - 1), pageSize: 30 });
    assert.deepEqual([first.plays.length, first.interruption], [50, null]);
    let requests = 0;
    fake.chooseFault = () => ((requests += 1) === 2 ? { kind: "quota", retryAfterSeconds: 86_400 } : null);
    const { plays, interruption } = await pollRecentlyPlayed(client, { after: new Date(eight - 1), pageSize: 30 });
    assert.deepEqual(
      idsOf(plays),
      Array.from({ length: 30 }, (_, index) => idOf(29 - index)),
    );
    assert.ok(interruption instanceof BucketClosedError);
  }));

test("the next page is asked of the API, wherever its address points", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    const items = [{ track: trackObject(idOf(1)), played_at: "2026-11-22T08:00:00Z", context: null }];
    const body = { items, next: "http://evil.example/v1/me?after=5&limit=7&token=x", cursors: null };
    fake.failNext("/v1/me", { kind: "reply", reply: { status: 200, body } });
    await pollRecentlyPlayed(client, { after: null });
    assert.deepEqual(takeRequests(), [
      "GET /v1/me/player/recently-played?limit=50",
      "GET /v1/me/player/recently-played?limit=7&after=5",
    ]);
  }));

test("pages that never end are left", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    const items = [{ track: trackObject(idOf(1)), played_at: "2026-11-22T08:00:00Z", context: null }];
    const body = { items, next: "https://api.spotify.com/v1/me/player/recently-played?after=1", cursors: null };
    fake.chooseFault = () => ({ kind: "reply", reply: { status: 200, body } });
    assert.equal((await pollRecentlyPlayed(client, { after: null })).plays.length, 1);
    assert.equal(takeRequests().length, 52);
  }));

test("a play that shows up late comes with a poll that begins before the newest", () =>
  withSpotifyBench(async ({ client, fake, clock }) => {
    const late = {
      trackId: idOf(99),
      playedAt: new Date(eight - 86_400_000),
      visibleFrom: new Date("2026-11-22T10:00:00Z"),
    };
    fake.state.plays = [...playsFrom(0, 3), late];
    const newestAt = new Date(eight + 2 * minuteMs);
    const poll = async (): Promise<readonly (string | null)[]> =>
      idsOf((await pollRecentlyPlayed(client, { after: pollStart({ newestAt }) })).plays);
    assert.deepEqual(await poll(), [2, 1, 0].map(idOf));
    clock.now = new Date("2026-11-22T10:00:00Z");
    fake.state.accessTokens.clear();
    assert.deepEqual(await poll(), [2, 1, 0, 99].map(idOf));
  }));

test("a poll begins 31 days before the newest known play, the first one with all there is", () => {
  assert.deepEqual(pollStart({ newestAt: new Date("2026-11-22T08:00:00.001Z") }), new Date("2026-10-22T08:00:00.001Z"));
  assert.equal(pollStart({ newestAt: null }), null);
});

test("50 rows of which none is known leave a gap from the newest known play to the oldest row", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.plays = playsFrom(0, 5);
    const before = await pollRecentlyPlayed(client, { after: null });
    const known = { newestAt: new Date(eight + 4 * minuteMs), keys: new Set(before.plays.map(playKey)) };
    const gapAfter = async (count: number): Promise<unknown> => {
      fake.state.plays = playsFrom(0, count);
      return findGap(await pollRecentlyPlayed(client, { after: pollStart(known) }), known);
    };
    assert.equal(await gapAfter(5), null);
    // 5 to 53 are 49 new ones: the fiftieth row is the newest known.
    assert.equal(await gapAfter(54), null);
    // 5 to 54 are all 50 rows: nothing is lost, but nobody can know it.
    assert.deepEqual(await gapAfter(55), { from: new Date(eight + 4 * minuteMs), to: new Date(eight + 5 * minuteMs) });
    assert.deepEqual(await gapAfter(60), { from: new Date(eight + 4 * minuteMs), to: new Date(eight + 10 * minuteMs) });
  }));

test("49 rows are all there is, even when what is known has gone", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const known = { newestAt: new Date(eight + 4 * minuteMs), keys: new Set([`${idOf(4)} ${eight + 4 * minuteMs}`]) };
    fake.state.plays = playsFrom(5, 49);
    assert.equal(findGap(await pollRecentlyPlayed(client, { after: null }), known), null);
    fake.state.plays = playsFrom(5, 50);
    assert.notEqual(findGap(await pollRecentlyPlayed(client, { after: null }), known), null);
  }));

test("the first poll knows of no gap", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.plays = playsFrom(0, 60);
    const polled = await pollRecentlyPlayed(client, { after: null });
    assert.equal(polled.plays.length, 50);
    assert.equal(findGap(polled, { newestAt: null, keys: new Set() }), null);
  }));

const recorded = z.looseObject({
  items: z.array(
    z.looseObject({
      played_at: z.string(),
      track: z.looseObject({ id: z.string() }),
      context: z.looseObject({ uri: z.string() }).nullable(),
    }),
  ),
});

for (const name of ["recently_played_2017.json", "recently_played_tracks.json"]) {
  test(`every row of the recorded ${name} is read`, { skip: skipWithoutRecordings }, () =>
    withSpotifyBench(async ({ client, fake }) => {
      const body = recorded.parse(JSON.parse(await readFile(recordingPath(name), "utf8")));
      fake.failNext("/v1/me", { kind: "reply", reply: { status: 200, body } });
      const { plays, rejected } = await pollRecentlyPlayed(client, { after: null });
      assert.deepEqual(rejected, []);
      assert.deepEqual(
        plays.map(({ track, playedAt, contextUri }) => [track.trackId, playedAt.toISOString(), contextUri]),
        body.items.map(({ track, played_at: at, context }) => [track.id, at, context?.uri ?? null]),
      );
    }),
  );
}
