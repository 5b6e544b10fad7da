import assert from "node:assert/strict";
import { test } from "node:test";

import type { ColumnarRows } from "../../../runner/learning/columnar-rows.ts";
import { findLeaks } from "../../../runner/learning/find-leaks.ts";
import { prepareTrainingRows, type TrainingRows } from "../../../runner/learning/training-rows.ts";
import { configOf, madeUpSongs } from "../../support/made-up-songs.ts";

const few = { gates: { min_rows: 1 } };
const regression = configOf({ task: "regression", label: "valence", ...few });
const skips = configOf({ task: "binary", label: "is_skipped", ...few });

function prepared(rows: ColumnarRows, config = regression): TrainingRows {
  const result = prepareTrainingRows(config, rows);
  assert.ok(!("problems" in result), JSON.stringify(result));
  return result;
}

test("columns become features, a category the number of its text", () => {
  const config = configOf({
    task: "binary",
    label: "is_skipped",
    time: "ended_at",
    categories: ["platform"],
    provenance: "feature_source",
    ...few,
  });
  const rows = {
    song: ["a", "b", "c"],
    artist: ["x", "x", "y"],
    ended_at: ["2024-03-01 10:00:00", "2024-03-01T11:00:00.5Z", 0],
    is_skipped: [true, false, true],
    platform: ["web", "ios", null],
    shuffle: [true, false, null],
    hour: [1, 2, 3],
    feature_source: ["catalogue", null, "catalogue"],
  };
  assert.deepEqual(prepared(rows, config), {
    features: {
      names: ["shuffle", "hour", "platform"],
      columns: [Float64Array.of(1, 0, Number.NaN), Float64Array.of(1, 2, 3), Float64Array.of(1, 0, Number.NaN)],
      rowCount: 3,
    },
    categories: { platform: ["ios", "web"] },
    labels: Float64Array.of(1, 0, 1),
    classes: ["false", "true"],
    groups: ["x", "x", "y"],
    times: Float64Array.of(Date.UTC(2024, 2, 1, 10), Date.UTC(2024, 2, 1, 11, 0, 0, 500), 0),
    provenance: { catalogue: 2, unknown: 1 },
  });
});

const songs = { song: ["a", "b", "c"], artist: ["x", "y", "z"], valence: [0.1, 0.2, 0.3], energy: [1, 2, 4] };

const refusals: readonly (readonly [string, ColumnarRows, readonly string[], object?])[] = [
  ["no rows", { song: [], artist: [], valence: [] }, ["The training query returned no rows."]],
  [
    "a feature that vanished",
    songs,
    ["The feature 'energi' is not among the 4 columns of the query; did you mean 'energy'?"],
    { features: ["energi"] },
  ],
  [
    "several things at once",
    { ...songs, song: ["a", "a", "c"], artist: [null, "y", "z"], energy: [1, "loud", 3] },
    [
      "The key 'song' repeats in 1 row; a row that comes twice would stand on both sides of a split.",
      "The group 'artist' is null in 1 row.",
      "The feature 'energy' is text in row 2; name it under categories, or leave it out.",
    ],
  ],
  ["an infinite value", { ...songs, energy: [1, 2, -Infinity] }, ["The feature 'energy' is infinite in row 3."]],
  ["a label that is missing", { ...songs, valence: [0.1, null, 0.3] }, ["The label 'valence' is null in 1 row."]],
  [
    "a label outside its domain",
    { ...songs, valence: [0.1, 1.5, 0.3] },
    ["The label 'valence' of row 2 is 1.5, not a number from 0 to 1."],
    { range: { min: 0, max: 1 } },
  ],
  [
    "too few rows, whatever else they lack",
    { ...songs, valence: [0.5, 0.5, 0.5], energy: [null, null, null] },
    ["There are 3 rows to learn from; at least 200 are needed."],
    { gates: {} },
  ],
  [
    "a constant label and a feature without values",
    { ...songs, valence: [0.5, 0.5, 0.5], energy: [null, null, null] },
    ["All 3 rows are labelled 0.5: nothing to learn.", "The feature 'energy' has no value in any row."],
  ],
  [
    "one class only",
    { ...songs, valence: ["no", "no", "no"] },
    ["All 3 rows are of one class, 'no': nothing to learn."],
    { task: "binary" },
  ],
  [
    "a class that the configuration does not know",
    { ...songs, valence: ["low", "high", "loud"] },
    ["The label of row 3 is 'loud', none of low, high."],
    { task: "binary", classes: ["low", "high"] },
  ],
  [
    "a time that is none",
    { ...songs, ended_at: ["2024-03-01", "yesterday", "2024-03-03"] },
    ["The time 'ended_at' of row 2 is no moment: give milliseconds or ISO text."],
    { time: "ended_at" },
  ],
  [
    "rows of the API",
    { ...songs, feature_source: ["catalogue", "api", "api"] },
    ["The features of 2 rows come from Spotify's API, whose terms forbid training on them: leave these rows out."],
    { provenance: "feature_source" },
  ],
];

for (const [what, rows, problems, more = {}] of refusals) {
  test(`${what}: refused in plain sentences`, () => {
    const config = configOf({ task: "regression", label: "valence", ...few, ...more });
    const isTooEarly = what.includes("too few rows");
    assert.deepEqual(prepareTrainingRows(config, rows), { problems, isTooEarly });
  });
}

const leaky = madeUpSongs(60);
const isSkipped = leaky.luck.map((value) => value > 0);

const leaks: readonly (readonly [string, ArrayLike<number | null>, string])[] = [
  ["the label itself", leaky.valence, "their correlation is 1.0000"],
  [
    "the label upside down and with a grain of noise",
    leaky.valence.map((value, row) => 5 - value + 1e-6 * (row % 3)),
    "their correlation is -1.0000",
  ],
  ["a bent label", leaky.valence.map((value) => Math.exp(20 * value)), "the correlation of their ranks is 1.0000"],
];

for (const [what, planted, how] of leaks) {
  test(`${what} among the features is a leak`, () => {
    const { song, artist, energy, valence } = leaky;
    assert.deepEqual(findLeaks(prepared({ song, artist, energy, valence, planted })), [
      `The feature 'planted' gives the label away: ${how}. Leave it out.`,
    ]);
  });
}

const classLeaks: readonly (readonly [string, ArrayLike<number | string | null>, string, object])[] = [
  [
    "the class as text",
    isSkipped.map((skipped) => (skipped ? "yes" : "no")),
    "it is the label under other names",
    { categories: ["planted"] },
  ],
  ["a number that a threshold splits", leaky.luck, "a threshold on it tells the classes apart", {}],
  [
    "a value that only one class has",
    leaky.tempo.map((value, row) => (isSkipped[row] === true ? value : null)),
    "it is missing exactly where the label is of one class",
    {},
  ],
];

for (const [what, planted, how, more] of classLeaks) {
  test(`${what} is a leak`, () => {
    const { song, artist, energy } = leaky;
    const rows = prepared({ song, artist, energy, is_skipped: isSkipped, planted }, configOf({ ...skips, ...more }));
    assert.deepEqual(findLeaks(rows), [`The feature 'planted' gives the label away: ${how}. Leave it out.`]);
  });
}

test("of many rows some are looked at first, and all of them decide", () => {
  const many = madeUpSongs(15_000);
  const { song, artist, luck, energy, valence } = many;
  const often = valence.map((value, row) => (row % 3 === 0 ? value : (luck[row] ?? 0)));
  const bent = valence.map((value) => Math.exp(20 * value));
  assert.deepEqual(findLeaks(prepared({ song, artist, energy, valence, often, bent })), [
    "The feature 'bent' gives the label away: the correlation of their ranks is 1.0000. Leave it out.",
  ]);
  const isRare = luck.map((_, row) => row % 100 === 1);
  const apart = luck.map((value, row) => (isRare[row] === true ? 1 : -1) * Math.abs(value));
  assert.deepEqual(findLeaks(prepared({ song, artist, energy, is_skipped: isRare, apart }, skips)), [
    "The feature 'apart' gives the label away: a threshold on it tells the classes apart. Leave it out.",
  ]);
});

test("features that only help are no leak", () => {
  const { luck: _, ...rows } = leaky;
  assert.deepEqual(findLeaks(prepared(rows)), []);
  assert.deepEqual(findLeaks(prepared({ ...rows, is_skipped: isSkipped }, skips)), []);
});
