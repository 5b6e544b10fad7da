import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { getAudioFeatures } from "../../../runner/spotify/audio-features.ts";
import { spotifyClient } from "../../../runner/spotify/client.ts";
import { BucketClosedError, UnexpectedAnswerError } from "../../../runner/spotify/spotify-errors.ts";
import { getTrack } from "../../../runner/spotify/tracks.ts";
import { featuresObject, trackObject } from "../../support/fake-spotify-objects.ts";
import { recordingPath, skipWithoutRecordings } from "../../support/spotify-contract.ts";
import { withSpotifyBench } from "../../support/spotify-bench.ts";

const id = "11dFghVXANMlKmJXsNCbNl";

test("getTrack gives the track with an id", () =>
  withSpotifyBench(async ({ client, takeRequests }) => {
    assert.deepEqual(await getTrack(client, id), {
      trackId: id,
      trackUri: `spotify:track:${id}`,
      trackName: `Track ${id}`,
      durationMs: 207_960,
      isExplicit: false,
      isLocal: false,
      isrc: "DEA123456789",
      album: {
        albumId: "albumhVXANMlKmJXsNCbNl",
        albumName: `Album of ${id}`,
        albumType: "album",
        releaseDate: "1999-05",
        releaseDatePrecision: "month",
      },
      artists: [{ artistId: "artistVXANMlKmJXsNCbNl", artistName: `Artist of ${id}` }],
    });
    assert.deepEqual(takeRequests(), [`GET /v1/tracks/${id}`]);
  }));

test("a track that Spotify answers with another one tells the other's id", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.relinkedTracks.set(id, "2TpxZ7JUBn3uw46aR7qd6V");
    assert.equal((await getTrack(client, id))?.trackId, "2TpxZ7JUBn3uw46aR7qd6V");
  }));

test("a track that is gone is null, and what is no id is not asked for", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.state.missingTracks.add(id);
    assert.equal(await getTrack(client, id), null);
    takeRequests();
    for (const wrong of ["", "../me", `${id}0`, "11dFghVXANMlKmJXsNCbN/"]) {
      assert.equal(await getTrack(client, wrong), null);
      assert.deepEqual(await getAudioFeatures(client, wrong), { kind: "none" });
    }
    assert.deepEqual(takeRequests(), []);
  }));

test("fields that Spotify takes away are null and new ones are let go", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const { album: _, external_ids: __, explicit: ___, is_local: ____, ...rest } = trackObject(id);
    fake.failNext("/v1/tracks", { kind: "reply", reply: { status: 200, body: { ...rest, mood: "new" } } });
    assert.deepEqual(await getTrack(client, id), {
      trackId: id,
      trackUri: `spotify:track:${id}`,
      trackName: `Track ${id}`,
      durationMs: 207_960,
      isExplicit: null,
      isLocal: false,
      isrc: null,
      album: null,
      artists: [{ artistId: "artistVXANMlKmJXsNCbNl", artistName: `Artist of ${id}` }],
    });
  }));

test("a track without its name is an error that tells the field", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const body = { ...trackObject(id), name: null };
    fake.failNext("/v1/tracks", { kind: "reply", reply: { status: 200, body } });
    await assert.rejects(getTrack(client, id), (error) => {
      assert.ok(error instanceof UnexpectedAnswerError);
      assert.match(error.message, /\/v1\/tracks\/… answered in a way that is not understood: name: Invalid input/);
      return true;
    });
  }));

test("no error or event tells which track was asked for", () =>
  withSpotifyBench(async ({ client, fake, events }) => {
    const faults = [
      { kind: "status", status: 500 },
      { kind: "status", status: 500 },
      { kind: "reset" },
      { kind: "status", status: 418 },
      { kind: "quota", retryAfterSeconds: null },
    ] as const;
    fake.failNext("/v1/tracks", ...faults);
    for (let asked = 0; asked < 3; asked++) {
      await assert.rejects(getTrack(client, id), (error) => error instanceof Error && !error.message.includes(id));
    }
    assert.equal(JSON.stringify(events).includes(id), false);
    assert.equal(events.length, 3);
  }));

test("a ban of tracks leaves recently-played open", () =>
  withSpotifyBench(async ({ client, fake, pass }) => {
    fake.state.bans.set("/v1/tracks", new Date("2026-11-22T11:00:00Z"));
    await assert.rejects(
      getTrack(client, id),
      (error) => error instanceof BucketClosedError && error.retryAt.toISOString() === "2026-11-22T11:00:00.000Z",
    );
    await client.request({ bucket: "recently-played", method: "GET", path: "/me/player/recently-played" });
    pass(7_200_000);
    assert.equal((await getTrack(client, id))?.trackId, id);
  }));

test("an old app gets audio features", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.hasAudioFeatures = true;
    assert.deepEqual(await getAudioFeatures(client, id), {
      kind: "found",
      features: {
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
        timeSignature: 4,
        durationMs: 207_960,
      },
    });
    fake.state.missingTracks.add(id);
    assert.deepEqual(await getAudioFeatures(client, id), { kind: "none" });
  }));

test("a new app is refused audio features once and does not ask again, another app does", () =>
  withSpotifyBench(async ({ client, context, takeRequests }) => {
    for (const asking of [client, client, spotifyClient(context)]) {
      assert.deepEqual(await getAudioFeatures(asking, id), { kind: "refused" });
    }
    assert.deepEqual(takeRequests(), [`GET /v1/audio-features/${id}`]);
    const other = { ...context.settings, clientId: "f".repeat(32) };
    // The login is not the other app's, which is found out before anything is asked.
    await assert.rejects(getAudioFeatures(spotifyClient({ ...context, settings: other }), id), /another app/);
  }));

test("features out of their range are an error", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const body = { ...featuresObject(id), valence: 1.5 };
    fake.failNext("/v1/audio-features", { kind: "reply", reply: { status: 200, body } });
    await assert.rejects(getAudioFeatures(client, id), /valence: Too big/);
  }));

test("the recorded audio features are read", { skip: skipWithoutRecordings }, () =>
  withSpotifyBench(async ({ client, fake }) => {
    const body: unknown = JSON.parse(await readFile(recordingPath("audio_features.json"), "utf8"));
    fake.failNext("/v1/audio-features", { kind: "reply", reply: { status: 200, body } });
    const answer = await getAudioFeatures(client, id);
    assert.ok(answer.kind === "found");
    const { loudness, key, timeSignature, durationMs } = answer.features;
    assert.deepEqual([loudness, key, timeSignature, durationMs], [-2.743, 2, 4, 207_960]);
  }),
);
