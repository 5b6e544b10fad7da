import assert from "node:assert/strict";
import { test } from "node:test";

import { scoreRows } from "../../../runner/learning/score-rows.ts";
import { scoreInWorker, trainInWorker } from "../../../runner/learning/train-in-worker.ts";
import { trainModel } from "../../../runner/learning/train-model.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";

const songs = madeUpSongs(600);
const input = {
  model: "mood_regression",
  config: valenceConfig(["energy", "tempo"]),
  rows: songs,
  champion: null,
  lastDecision: null,
  seed: "songs",
  now: "2026-11-22T10:00:00.000Z",
  origin: { runId: "run-1", dataHash: "data-1", codeVersion: "0.1.0" },
};

test("a thread of its own trains the very same models, several at a time", async () => {
  const other = { ...input, model: "chance", config: valenceConfig(["luck"]) };
  const results = await Promise.all([trainInWorker(input), trainInWorker(other)]);
  assert.deepEqual(results, [trainModel(input), trainModel(other)]);
});

test("the main thread goes on while another one trains", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await trainInWorker(input);
  clearInterval(timer);
  assert.ok(turns > 0);
});

test("what is refused is refused in a thread too", async () => {
  assert.deepEqual(await trainInWorker({ ...input, rows: {} }), {
    status: "refused",
    problems: ["The training query returned no rows."],
  });
});

test("scores of a thread are the same, its errors too", async () => {
  const version = { ...trained(input).challenger, version: 1 };
  assert.deepEqual(await scoreInWorker(version, songs), scoreRows(version, songs));
  const { tempo: _, ...left } = songs;
  await assert.rejects(scoreInWorker(version, left), {
    name: "TrainingDataError",
    message:
      "Version 1 of mood_regression cannot score these rows. The feature 'tempo' is not among the 6 columns of the query.",
  });
});

test("a thread that breaks is an error, not an endless wait", async () => {
  const version = { ...trained(input).challenger, version: 1, artefact: "{" };
  await assert.rejects(scoreInWorker(version, songs), SyntaxError);
});
