import assert from "node:assert/strict";
import { test } from "node:test";

import { renderNewestPlay } from "../../../runner/commands/newest-play.ts";

const newest = new Date("2026-03-01T08:00:00Z");
const after = (days: number): Date => new Date(newest.getTime() + days * 24 * 60 * 60 * 1000);

test("the age of the newest play to learn from is told in whole days", () => {
  assert.deepEqual(renderNewestPlay(newest, after(1.9)), [
    "Newest play that models may learn from: 2026-03-01, 1 day ago.",
  ]);
  assert.deepEqual(renderNewestPlay(newest, after(90)), [
    "Newest play that models may learn from: 2026-03-01, 90 days ago.",
  ]);
});

test("after 90 days a new export is to be requested, since live plays are never learned from", () => {
  assert.deepEqual(renderNewestPlay(newest, after(91)), [
    "Newest play that models may learn from: 2026-03-01, 91 days ago.",
    "That is old: request a new export at https://www.spotify.com/account/privacy/ (Extended streaming history). Plays of the Web API are never trained on.",
  ]);
});

test("a clock behind the newest play makes no negative age, and without a play the way to one is told", () => {
  assert.deepEqual(renderNewestPlay(newest, after(-2)), [
    "Newest play that models may learn from: 2026-03-01, 0 days ago.",
  ]);
  assert.deepEqual(renderNewestPlay(null, newest), [
    "There is no play of an export to learn from yet: request one at https://www.spotify.com/account/privacy/ (Extended streaming history).",
  ]);
});
