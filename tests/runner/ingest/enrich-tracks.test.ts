import assert from "node:assert/strict";
import { test } from "node:test";

import {
  BucketClosedError,
  LoginNeededError,
  UnexpectedAnswerError,
  UnreachableError,
} from "../../../runner/spotify/spotify-errors.ts";
import { extendedFile, landInBronze } from "../../support/bronze.ts";
import {
  idOf,
  minutesAfterStart,
  nullColumns,
  playAt,
  type PollBench,
  withPollBench,
} from "../../support/poll-bench.ts";

const tracks = "/v1/tracks";
const features = "/v1/audio-features";
const sounds = "danceability energy key loudness mode speechiness acousticness instrumentalness liveness valence tempo";

/** Lands an export with a play of each of these tracks, the first one the latest. */
async function landExport(dataDir: string, numbers: readonly number[]): Promise<void> {
  const rows = numbers.map((number, index) => ({
    ended_at: `2024-05-01 12:${59 - index}:00`,
    media_type: "track",
    track_id: idOf(number),
  }));
  await landInBronze(dataDir, [extendedFile("Streaming_History_Audio_2024_0.json", rows)]);
}

/** What was asked of tracks since the last time, as kind and number. */
function takeAsked({ takeRequests }: PollBench): readonly string[] {
  return takeRequests().flatMap((request) => {
    const [, kind, id] = /^GET \/v1\/(tracks|audio-features)\/(\w+)$/.exec(request) ?? [];
    return kind === undefined ? [] : [`${kind} ${Number(id?.slice(-5))}`];
  });
}

test("played tracks are asked for newest play first, as many as the budget allows, each once", () =>
  withPollBench(async (bench) => {
    await landExport(bench.dataDir, [5, 4, 3, 5, 2, 1]);
    await landInBronze(bench.dataDir, [
      extendedFile("Streaming_History_Audio_2023_0.json", [
        { ended_at: "2023-01-01 00:00:00", media_type: "track", track_id: "no-id-of-spotify" },
        { ended_at: "2023-01-01 00:00:00", media_type: "episode", track_id: null },
        { ended_at: "2024-06-01 00:00:00", media_type: "track", track_id: idOf(1) },
      ]),
    ]);
    const counts = async (): Promise<unknown> => (await bench.poll({ trackBudget: 2 })).enrichment;
    assert.deepEqual(await counts(), { tracks: 2, left: 3, interruptions: [] });
    // The first found track is asked for its features too: that this app gets none is learned once.
    assert.deepEqual(takeAsked(bench), ["tracks 1", "audio-features 1", "tracks 5"]);
    assert.deepEqual(await counts(), { tracks: 2, left: 1, interruptions: [] });
    assert.deepEqual(takeAsked(bench), ["tracks 4", "tracks 3"]);
    assert.deepEqual(await counts(), { tracks: 1, left: 0, interruptions: [] });
    assert.deepEqual(await counts(), { tracks: 0, left: 0, interruptions: [] });
    assert.deepEqual(takeAsked(bench), ["tracks 2"]);
  }));

test("without a budget nothing is asked", () =>
  withPollBench(async (bench) => {
    await landExport(bench.dataDir, [1]);
    assert.deepEqual((await bench.poll()).enrichment, { tracks: 0, left: 0, interruptions: [] });
    assert.deepEqual(takeAsked(bench), []);
  }));

test("a track lands under the id that was asked for, one that is gone with nothing but it, and neither is asked for again", () =>
  withPollBench(async (bench) => {
    const { fake, dataDir, poll, landed } = bench;
    await landExport(dataDir, [1, 2]);
    fake.state.relinkedTracks.set(idOf(1), idOf(9));
    fake.state.missingTracks.add(idOf(2));
    await poll({ trackBudget: 5 });
    await poll({ trackBudget: 5 });
    assert.deepEqual(takeAsked(bench), ["tracks 1", "audio-features 1", "tracks 2"]);
    const rows = await landed("my_tracks_features", "select * exclude batch_id from landed order by track_id");
    const fetchedAt = minutesAfterStart(0);
    assert.deepEqual(rows, [
      {
        ...nullColumns(`${sounds} time_signature`),
        track_id: idOf(1),
        track_name: "Track track00000000000000009",
        artist_name: "Artist of track00000000000000009",
        album_id: "album00000000000000009",
        album_name: "Album of track00000000000000009",
        album_type: "album",
        release_date: "1999-05",
        release_date_precision: "month",
        duration_ms: 207_960,
        is_explicit: false,
        isrc: "DEA123456789",
        has_asked_features: false,
        fetched_at: fetchedAt,
      },
      {
        ...nullColumns(`${sounds} time_signature track_name artist_name album_id album_name album_type release_date
          release_date_precision duration_ms is_explicit isrc`),
        track_id: idOf(2),
        has_asked_features: true,
        fetched_at: fetchedAt,
      },
    ]);
  }));

test("an app that may read audio features asks for those of every track once, also of those that a poll told of", () =>
  withPollBench(async (bench) => {
    const { fake, dataDir, poll, landed } = bench;
    await landExport(dataDir, [1]);
    fake.state.hasAudioFeatures = true;
    fake.state.plays = [playAt(-2)];
    fake.failNext(`${features}/${idOf(1)}`, { kind: "status", status: 404, text: "analysis not found" });
    await poll({ trackBudget: 5 });
    await poll({ trackBudget: 5 });
    assert.deepEqual(takeAsked(bench), ["audio-features 2", "tracks 1", "audio-features 1"]);
    const rows = await landed(
      "my_tracks_features",
      "select * from landed where track_id like '%2' and has_asked_features",
    );
    const { batch_id: _, ...row } = rows[0] ?? {};
    assert.deepEqual(row, {
      ...nullColumns(`track_name artist_name album_id album_name album_type release_date release_date_precision
        duration_ms is_explicit isrc`),
      track_id: idOf(2),
      danceability: 0.5,
      energy: 0.25,
      key: -1,
      loudness: -6.5,
      mode: 1,
      speechiness: 0.125,
      acousticness: 0.0625,
      instrumentalness: 0,
      liveness: 0.75,
      valence: 1,
      tempo: 120.5,
      time_signature: 4,
      has_asked_features: true,
      fetched_at: minutesAfterStart(0),
    });
  }));

test("a quota on tracks leaves their features to be asked, one on features the tracks, and both are taken up later", () =>
  withPollBench(async (bench) => {
    const { fake, dataDir, poll, pass } = bench;
    await landExport(dataDir, [3, 4]);
    fake.state.hasAudioFeatures = true;
    fake.state.plays = [playAt(-1), playAt(-2)];
    fake.state.bans.set(tracks, minutesAfterStart(60));
    const first = (await poll({ trackBudget: 3 })).enrichment;
    assert.deepEqual(takeAsked(bench), ["audio-features 1", "audio-features 2", "tracks 3"]);
    assert.deepEqual([first.tracks, first.left, first.interruptions.length], [2, 2, 1]);
    assert.ok(first.interruptions[0] instanceof BucketClosedError);
    fake.state.bans.set(features, minutesAfterStart(120));
    pass(61 * 60_000);
    const second = (await poll({ trackBudget: 3 })).enrichment;
    assert.deepEqual(takeAsked(bench), ["tracks 3", "audio-features 3", "tracks 4"]);
    assert.deepEqual([second.tracks, second.left, second.interruptions.length], [2, 0, 1]);
    pass(60 * 60_000);
    await poll({ trackBudget: 3 });
    assert.deepEqual(takeAsked(bench), ["audio-features 3", "audio-features 4"]);
    assert.deepEqual((await poll({ trackBudget: 3 })).enrichment, { tracks: 0, left: 0, interruptions: [] });
  }));

test("an answer that is not understood costs its track one try, no answer at all ends the asking", () =>
  withPollBench(async (bench) => {
    const { fake, dataDir, poll } = bench;
    await landExport(dataDir, [1, 2, 3, 4]);
    fake.failNext(`${tracks}/${idOf(1)}`, { kind: "reply", reply: { status: 200, body: { id: 1 } } });
    fake.failNext(`${tracks}/${idOf(3)}`, { kind: "reset" }, { kind: "hang" }, { kind: "cut" });
    const { tracks: told, left, interruptions } = (await poll({ trackBudget: 4 })).enrichment;
    assert.deepEqual([told, left], [1, 3]);
    assert.ok(interruptions[0] instanceof UnexpectedAnswerError);
    assert.ok(interruptions[1] instanceof UnreachableError);
    takeAsked(bench);
    await poll({ trackBudget: 4 });
    assert.deepEqual(takeAsked(bench), ["tracks 1", "tracks 3", "tracks 4"]);
  }));

test("a login that ends in the middle is an error, and what had been told is kept", () =>
  withPollBench(async (bench) => {
    const { fake, dataDir, poll, landed } = bench;
    await landExport(dataDir, [1, 2]);
    fake.failNext(`${tracks}/${idOf(2)}`, { kind: "unauthorized" });
    fake.failNext("/api/token", { kind: "invalid_grant" });
    await assert.rejects(poll({ trackBudget: 2 }), LoginNeededError);
    assert.deepEqual(await landed("my_tracks_features", "select track_id from landed"), [{ track_id: idOf(1) }]);
  }));
