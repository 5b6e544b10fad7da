import assert from "node:assert/strict";
import { test } from "node:test";

import { BucketClosedError, LoginNeededError, UnreachableError } from "../../../runner/spotify/spotify-errors.ts";
import { playObject } from "../../support/fake-spotify-objects.ts";
import type { FakePlay } from "../../support/fake-spotify-state.ts";
import { idOf, landedPlays, minutesAfterStart, playAt, withPollBench } from "../../support/poll-bench.ts";

const path = "/v1/me/player/recently-played";

/** An answer with these plays that says where the next page begins. */
function pageOf(plays: readonly FakePlay[], next: string | null): { readonly status: number; readonly body: unknown } {
  return { status: 200, body: { items: plays.map(playObject), next, cursors: null } };
}

test("plays that two pages both hold land once", () =>
  withPollBench(async (bench) => {
    const { fake, poll } = bench;
    const next = `https://api.spotify.com${path}?before=1&limit=50`;
    fake.failNext(
      path,
      { kind: "reply", reply: pageOf([playAt(-1), playAt(-2)], next) },
      { kind: "reply", reply: pageOf([playAt(-2), playAt(-3)], next) },
      { kind: "reply", reply: pageOf([playAt(-3)], null) },
    );
    assert.equal((await poll()).landed, 3);
    assert.deepEqual(
      (await landedPlays(bench)).map(({ track }) => track),
      ["003", "002", "001"],
    );
  }));

test("a poll that is interrupted after its first page lands what came, the next one the rest", () =>
  withPollBench(async (bench) => {
    const { fake, poll } = bench;
    fake.state.plays = [playAt(-1), playAt(-2), playAt(-3)];
    const next = `https://api.spotify.com${path}?before=1&limit=50`;
    const trouble = { kind: "status", status: 502 } as const;
    fake.failNext(path, { kind: "reply", reply: pageOf([playAt(-1)], next) }, trouble, trouble, trouble);
    const { landed, interruption } = await poll();
    assert.equal(landed, 1);
    assert.ok(interruption instanceof UnreachableError);
    const { landed: rest, known, interruption: none } = await poll();
    assert.deepEqual({ rest, known, none }, { rest: 2, known: 1, none: null });
    assert.equal((await landedPlays(bench)).length, 3);
  }));

test("rows that are no plays of tracks are told, and keep no other row from landing", () =>
  withPollBench(async ({ fake, poll }) => {
    const items = [playObject(playAt(-1)), { played_at: "2026-11-22T08:00:00Z", track: null }, playObject(playAt(-3))];
    fake.failNext(path, { kind: "reply", reply: { status: 200, body: { items, next: null, cursors: null } } });
    const { landed, rejected } = await poll();
    assert.equal(landed, 2);
    assert.deepEqual(
      rejected.map(({ row }) => row),
      [2],
    );
  }));

test("a poll that Spotify's quota keeps out still asks for tracks and tells until when", () =>
  withPollBench(async ({ fake, poll, pass, takeRequests }) => {
    fake.state.hasAudioFeatures = true;
    fake.state.plays = [playAt(-1)];
    await poll();
    takeRequests();
    fake.state.bans.set(path, minutesAfterStart(120));
    pass(15 * 60_000);
    const { landed, interruption, enrichment } = await poll({ trackBudget: 1 });
    assert.equal(landed, 0);
    assert.ok(interruption instanceof BucketClosedError);
    assert.deepEqual(interruption.retryAt, minutesAfterStart(120));
    assert.deepEqual(enrichment, { tracks: 1, left: 0, interruptions: [] });
    assert.deepEqual(
      takeRequests().map((request) => request.split("?")[0]),
      [`GET ${path}`, `GET /v1/audio-features/${idOf(1)}`],
    );
  }));

test("without an answer or a login nothing lands, and a later poll lands it all", () =>
  withPollBench(async ({ fake, poll, landed }) => {
    fake.state.plays = [playAt(-1)];
    fake.failNext(path, { kind: "reset" }, { kind: "hang" }, { kind: "truncate" });
    await assert.rejects(poll(), UnreachableError);
    fake.failNext(path, { kind: "unauthorized" });
    fake.failNext("/api/token", { kind: "status", status: 503 }, { kind: "reset" }, { kind: "cut" });
    await assert.rejects(poll(), UnreachableError);
    assert.deepEqual(await landed("landings", "select * from landed"), []);
    assert.equal((await poll()).landed, 1);
    fake.failNext(path, { kind: "unauthorized" });
    fake.failNext("/api/token", { kind: "invalid_grant" });
    await assert.rejects(poll(), LoginNeededError);
  }));

test("plays of one account are not landed beside another's", () =>
  withPollBench(async ({ fake, poll }) => {
    fake.state.plays = [playAt(-1)];
    await poll();
    await assert.rejects(poll({ account: "ann" }), /is 'ann', but what has landed here is the account 'me'/);
  }));
