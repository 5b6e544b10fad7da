import assert from "node:assert/strict";
import { test } from "node:test";

import {
  idOf,
  landedPlays,
  minutesAfterStart,
  nullColumns,
  playAt,
  type PollBench,
  withPollBench,
} from "../../support/poll-bench.ts";

const path = "/v1/me/player/recently-played";
const unknown =
  nullColumns(`ms_played episode_id episode_name show_name audiobook_id audiobook_title chapter_id chapter_title
  author_name platform country reason_start reason_end shuffle skipped offline offline_at incognito`);

/** The gaps of each landing record, in the order they landed. */
async function landedGaps({ landed }: PollBench): Promise<readonly unknown[]> {
  const records = await landed(
    "landings",
    "select gaps from landed where table_name = 'listening_history' order by landed_at",
  );
  return records.map(({ gaps }) => gaps);
}

test("the first poll lands all that there is with every column, oldest first", () =>
  withPollBench(async ({ fake, poll, landed }) => {
    fake.state.plays = [
      {
        trackId: idOf(1),
        playedAt: new Date("2026-11-22T08:10:00Z"),
        contextUri: "spotify:album:1DFixLWuPkv3KT3TnV35m3",
      },
      { trackId: null, playedAt: new Date("2026-11-22T08:20:00.005Z") },
    ];
    const report = await poll();
    assert.deepEqual(report, {
      landed: 2,
      known: 0,
      gap: null,
      rejected: [],
      interruption: null,
      hasCompacted: false,
      enrichment: { tracks: 0, left: 0, interruptions: [] },
      newestPlayAt: new Date("2026-11-22T08:20:00.005Z"),
    });
    const landedAt = new Date("2026-11-22T09:00:00Z");
    const [record, ...others] = await landed("landings", "select * from landed where table_name = 'listening_history'");
    const { batch_id: batchId, sha256, bytes, ...told } = record ?? {};
    assert.deepEqual(others, []);
    assert.match(JSON.stringify([batchId, sha256, bytes]), /^\["([0-9a-f]{16})","\1[0-9a-f]{48}",\d{3}\]$/);
    assert.deepEqual(told, {
      table_name: "listening_history",
      source_kind: "api",
      account: "me",
      person: null,
      export_id: null,
      file: "recently-played",
      rows_read: 2,
      rows_landed: 2,
      rows_rejected: 0,
      rejections: "[]",
      gaps: "[]",
      first_ended_at: new Date("2026-11-22T08:10:00Z"),
      last_ended_at: new Date("2026-11-22T08:20:00.005Z"),
      landed_at: landedAt,
    });
    const row = {
      ...unknown,
      account: "me",
      source_kind: "api",
      batch_id: batchId,
      file: "recently-played",
      media_type: "track",
      landed_at: landedAt,
    };
    assert.deepEqual(await landed("listening_history", "select * from landed order by row_number"), [
      {
        ...row,
        row_number: 1,
        ended_at: new Date("2026-11-22T08:10:00Z"),
        track_id: "track00000000000000001",
        track_name: "Track track00000000000000001",
        artist_name: "Artist of track00000000000000001",
        album_name: "Album of track00000000000000001",
        context_uri: "spotify:album:1DFixLWuPkv3KT3TnV35m3",
      },
      {
        ...row,
        row_number: 2,
        ended_at: new Date("2026-11-22T08:20:00.005Z"),
        track_id: null,
        track_name: "Garage",
        artist_name: "The Neighbours",
        album_name: "Demo Tape",
        context_uri: null,
      },
    ]);
  }));

test("tracks that a poll tells of land as rows of their own, once", () =>
  withPollBench(async ({ fake, poll, pass, landed }) => {
    fake.state.plays = [playAt(-20), playAt(-10), playAt(-5, { trackId: idOf(20) }), playAt(-1, { trackId: null })];
    await poll();
    fake.state.plays.push(playAt(10), playAt(5, { trackId: idOf(20) }));
    pass(15 * 60_000);
    await poll();
    const rows = await landed(
      "my_tracks_features",
      "select * exclude batch_id from landed order by fetched_at, track_id",
    );
    const unasked =
      nullColumns(`danceability energy key loudness mode speechiness acousticness instrumentalness liveness
      valence tempo time_signature`);
    assert.deepEqual(rows[0], {
      ...unasked,
      has_asked_features: false,
      track_id: "track00000000000000010",
      track_name: "Track track00000000000000010",
      artist_name: "Artist of track00000000000000010",
      album_id: "album00000000000000010",
      album_name: "Album of track00000000000000010",
      album_type: "album",
      release_date: "1999-05",
      release_date_precision: "month",
      duration_ms: 207_960,
      is_explicit: false,
      isrc: "DEA123456789",
      fetched_at: new Date("2026-11-22T09:00:00Z"),
    });
    assert.deepEqual(
      rows.slice(1).map(({ track_id: id, fetched_at: at }) => [id, at]),
      [[idOf(20), minutesAfterStart(0)]],
    );
  }));

test("a second poll with nothing new lands nothing and asks at most twice", () =>
  withPollBench(async ({ fake, poll, pass, landed, takeRequests }) => {
    fake.state.plays = [playAt(-20), playAt(-10), playAt(-5, { trackId: null })];
    await poll();
    takeRequests();
    pass(15 * 60_000);
    const { landed: count, known, newestPlayAt } = await poll();
    assert.deepEqual({ count, known, newestPlayAt }, { count: 0, known: 3, newestPlayAt: minutesAfterStart(-5) });
    // 31 days before 08:55, and what the page itself says comes before its oldest row.
    assert.deepEqual(takeRequests(), [
      `GET ${path}?limit=50&after=${Date.parse("2026-10-22T08:55:00Z")}`,
      `GET ${path}?limit=50&after=${Date.parse("2026-11-22T08:55:00Z")}`,
    ]);
    assert.equal((await landed("landings", "select * from landed")).length, 2);
  }));

test("a play lands once by track and millisecond, a local one by its names", () =>
  withPollBench(async (bench) => {
    const { fake, poll, pass } = bench;
    const at = new Date("2026-11-22T08:30:00.250Z");
    fake.state.plays = [
      { trackId: idOf(1), playedAt: at },
      { trackId: idOf(2), playedAt: at },
      { trackId: idOf(1), playedAt: new Date("2026-11-22T08:30:00.251Z") },
      { trackId: null, playedAt: at },
    ];
    for (let polls = 0; polls < 3; polls++) {
      await poll();
      pass(60_000);
    }
    assert.deepEqual(await landedPlays(bench), [
      { track: "001", ended: "11-22 08:30:00.250" },
      { track: "002", ended: "11-22 08:30:00.250" },
      { track: "Garage", ended: "11-22 08:30:00.250" },
      { track: "001", ended: "11-22 08:30:00.251" },
    ]);
  }));

test("a play that shows up a month late lands when it does, before newer ones that are known", () =>
  withPollBench(async (bench) => {
    const { fake, poll, pass } = bench;
    const days = -30 * 24 * 60;
    fake.state.plays = [playAt(-10), playAt(days, { trackId: idOf(7), visibleFrom: minutesAfterStart(5) })];
    assert.equal((await poll()).landed, 1);
    pass(15 * 60_000);
    assert.equal((await poll()).landed, 1);
    pass(15 * 60_000);
    assert.equal((await poll()).landed, 0);
    assert.deepEqual(await landedPlays(bench), [
      { track: "007", ended: "10-23 09:00:00.000" },
      { track: "010", ended: "11-22 08:50:00.000" },
    ]);
  }));

test("a gap is recorded with the rows when 50 come and none of them is known, and only then", () =>
  withPollBench(async (bench) => {
    const { fake, poll, pass } = bench;
    const listenUntil = async (minutes: number): Promise<unknown> => {
      for (let at = fake.state.plays.length; at < minutes; at++) fake.state.plays.push(playAt(at));
      pass(minutesAfterStart(minutes).getTime() - bench.clock.now.getTime());
      fake.state.accessTokens.clear();
      return (await poll()).gap;
    };
    // The first poll cannot know what was before.
    assert.equal(await listenUntil(60), null);
    // 49 new ones: the fiftieth row is the newest known, of minute 59.
    assert.equal(await listenUntil(109), null);
    // The newest known is of minute 108, the oldest row of 109: nothing is lost, but nobody can know it.
    const narrow = { from: minutesAfterStart(108), to: minutesAfterStart(109) };
    assert.deepEqual(await listenUntil(159), narrow);
    assert.deepEqual(await listenUntil(400), { from: minutesAfterStart(158), to: minutesAfterStart(350) });
    assert.equal(await listenUntil(400), null);
    assert.deepEqual(await landedGaps(bench), [
      "[]",
      "[]",
      '[{"from":"2026-11-22T10:48:00.000Z","to":"2026-11-22T10:49:00.000Z"}]',
      '[{"from":"2026-11-22T11:38:00.000Z","to":"2026-11-22T14:50:00.000Z"}]',
    ]);
  }));
