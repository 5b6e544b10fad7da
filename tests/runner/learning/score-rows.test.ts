import assert from "node:assert/strict";
import { test } from "node:test";

import { renderModelCard } from "../../../runner/learning/model-card.ts";
import { scoreRows } from "../../../runner/learning/score-rows.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";

const songs = madeUpSongs(600);
const { challenger } = trained({
  config: valenceConfig(["energy", "tempo"], { range: { min: -0.4, max: 1.4 } }),
  rows: songs,
});
const version = { ...challenger, version: 7 };

test("a prediction comes with an interval, both kept in the label's range", () => {
  const rows = { song: ["a", "b"], artist: ["new", "newer"], energy: [0, 100], tempo: [0, 0] };
  const scores = scoreRows(version, rows);
  assert.ok(scores.task === "regression");
  assert.deepEqual([scores.version, scores.keys, scores.isHoldout], [7, ["a", "b"], [false, false]]);
  assert.ok(Math.abs((scores.predictions[0] ?? 0) - 0.5) < 0.02);
  // 80 % of normal errors of 0.05 lie within 1.28 × 0.05.
  assert.ok(Math.abs((scores.upper[0] ?? 0) - (scores.predictions[0] ?? 0) - 0.064) < 0.01);
  assert.deepEqual([scores.predictions[1], scores.upper[1]], [1.4, 1.4]);
});

test("rows of an artist that was trained on are scored by a model that never met the artist", () => {
  const models: unknown = JSON.parse(challenger.artefact);
  assert.ok(
    typeof models === "object" && models !== null && "trainedGroups" in models && Array.isArray(models.trainedGroups),
  );
  assert.equal(models.trainedGroups.length, 120);
  const same = { energy: songs.artist.map(() => 1), tempo: songs.artist.map(() => 1) };
  const scores = scoreRows(version, { song: songs.song, artist: songs.artist, ...same });
  const fresh = scoreRows(version, { song: ["new"], artist: ["new"], energy: [1], tempo: [1] });
  assert.ok(scores.task === "regression" && fresh.task === "regression");
  const byArtist = new Map<string, Set<number>>();
  for (const [row, artist] of songs.artist.entries()) {
    byArtist.set(artist, (byArtist.get(artist) ?? new Set()).add(scores.predictions[row] ?? 0));
  }
  assert.ok([...byArtist.values()].every((predictions) => predictions.size === 1));
  // Five folds and the model that was judged, none of them the one that serves.
  const predictions = new Set(scores.predictions);
  assert.equal(predictions.size, 6);
  assert.ok(!predictions.has(fresh.predictions[0] ?? 0));
});

test("many rows are folded in three, and each artist's are scored by a model that never met the artist", () => {
  const many = madeUpSongs(30_000);
  const large = trained({ config: valenceConfig(["energy", "tempo"]), rows: many });
  const same = { energy: many.artist.map(() => 1), tempo: many.artist.map(() => 1) };
  const rows = { song: many.song, artist: many.artist, ...same };
  const scores = scoreRows({ ...large.challenger, version: 1 }, rows);
  assert.ok(scores.task === "regression");
  const predictionOf = new Map<string, number>();
  for (const [row, artist] of many.artist.entries()) {
    const prediction: number = scores.predictions[row] ?? Number.NaN;
    assert.equal(predictionOf.get(artist) ?? prediction, prediction, artist);
    predictionOf.set(artist, prediction);
  }
  assert.equal(new Set(predictionOf.values()).size, 4, "three folds and the model that was judged");
  assert.match(renderModelCard(1, large.challenger.record), /^- Folds: 3, rows of one `artist` together[.]$/m);
});

test("the order of rows and columns changes nothing", () => {
  const { song, artist, energy, tempo } = songs;
  const backwards = scoreRows(version, {
    tempo: tempo.toReversed(),
    energy: energy.toReversed(),
    artist: artist.toReversed(),
    song: song.toReversed(),
  });
  const forwards = scoreRows(version, songs);
  assert.ok(backwards.task === "regression" && forwards.task === "regression");
  assert.deepEqual(backwards.predictions.toReversed(), forwards.predictions);
});

test("a feature that is gone is named, and so is a group", () => {
  const { song, artist, energy } = songs;
  assert.throws(() => scoreRows(version, { song, artist, energy }), {
    name: "TrainingDataError",
    message:
      "Version 7 of mood_regression cannot score these rows. The feature 'tempo' is not among the 3 columns of the query.",
  });
  assert.throws(
    () => scoreRows(version, { song, energy, tempo: energy }),
    /The group 'artist' is not among the 3 columns/,
  );
  assert.throws(
    () => scoreRows(version, { song: ["a"], artist: ["b"], energy: [Infinity], tempo: [1] }),
    /The feature 'energy' is infinite in row 1[.]/,
  );
});

test("no rows have no predictions", () => {
  const scores = scoreRows(version, { song: [], artist: [], energy: [], tempo: [] });
  assert.deepEqual(scores, {
    task: "regression",
    version: 7,
    keys: [],
    isHoldout: [],
    predictions: new Float64Array(),
    lower: new Float64Array(),
    upper: new Float64Array(),
  });
});

test("a text that training did not know counts as the mean of all", () => {
  const genre = songs.energy.map((value) => (value > 0 ? "rock" : "folk"));
  const config = valenceConfig(["tempo"], { categories: ["genre"] });
  const model = { ...trained({ config, rows: { ...songs, genre } }).challenger, version: 1 };
  const scores = scoreRows(model, {
    song: ["a", "b", "c", "d"],
    artist: ["w", "x", "y", "z"],
    tempo: [0, 0, 0, 0],
    genre: ["rock", "folk", "polka", null],
  });
  assert.ok(scores.task === "regression");
  const [rock = 0, folk = 0, polka = 0, none = 0] = scores.predictions;
  // The mean of the upper half of a normal distribution lies 0.8 deviations above its middle.
  assert.ok(Math.abs(rock - 0.66) < 0.03 && Math.abs(folk - 0.34) < 0.03, `${rock} ${folk}`);
  assert.ok(Math.abs(polka - 0.5) < 0.03 && Math.abs(none - 0.5) < 0.03, `${polka} ${none}`);
});
