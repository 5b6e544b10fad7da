import assert from "node:assert/strict";
import { test } from "node:test";

import { clusterQuality } from "../../../runner/learning/algorithms/cluster-quality.ts";
import { kMeans } from "../../../runner/learning/algorithms/k-means.ts";
import { readClusters } from "../../../runner/learning/cluster-version.ts";
import type { ClusteringConfig } from "../../../runner/learning/clustering-config.ts";
import type { ColumnarRows } from "../../../runner/learning/columnar-rows.ts";
import { renderModelCard } from "../../../runner/learning/model-card.ts";
import { parseModelConfig } from "../../../runner/learning/model-config.ts";
import { LearningThread } from "../../../runner/learning/learning-thread.ts";
import { type ModelVersion, versionRecordSchema } from "../../../runner/learning/model-version.ts";
import { scoreClusters } from "../../../runner/learning/score-clusters.ts";
import { trainModel } from "../../../runner/learning/train-model.ts";
import type { TrainingInput, TrainingResult } from "../../../runner/learning/training.ts";
import { prng } from "../../../runner/prng.ts";

type Trained = Extract<TrainingResult, { readonly status: "trained" }>;

const least = {
  task: "clustering",
  key: "song",
  group: "artist",
  features: ["energy", "valence"],
  clusters: [2, 3, 4],
};

function configOf(more: object = {}): ClusteringConfig {
  const config = parseModelConfig({ ...least, ...more });
  if ("problems" in config || config.task !== "clustering") throw new Error(JSON.stringify(config));
  return config;
}

/** Songs in three heaps, in turns; those from `moved` on lie elsewhere. */
function songs(count: number, moved = count): ColumnarRows {
  const random = prng("heaps");
  const rows = Array.from({ length: count }, (_, row) => row);
  const centres = [
    [0.2, 0.2],
    [0.8, 0.3],
    [0.5, 0.9],
  ] as const;
  const place = (row: number, axis: 0 | 1): number => {
    const centre = centres[row % 3]?.[axis] ?? 0;
    return (row < moved ? centre : 1 - centre) + random.normal(0, 0.04);
  };
  return {
    song: rows.map((row) => `song ${row}`),
    artist: rows.map((row) => `artist ${row % 40}`),
    energy: rows.map((row) => place(row, 0)),
    valence: rows.map((row) => place(row, 1)),
  };
}

function input(more: Pick<TrainingInput, "rows"> & Partial<TrainingInput>): TrainingInput {
  return {
    model: "mood_clustering",
    config: configOf(),
    champion: null,
    lastDecision: null,
    seed: "songs",
    now: "2026-11-22T10:00:00.000Z",
    origin: { runId: "run", dataHash: "data", codeVersion: "0.1.0" },
    ...more,
  };
}

function trained(more: Parameters<typeof input>[0]): Trained {
  const result = trainModel(input(more));
  if (result.status !== "trained") throw new Error(JSON.stringify(result));
  return result;
}

const first = trained({ rows: songs(210) });
const champion: ModelVersion = { version: 1, ...first.challenger };

test("three heaps become three clusters, with the curve, the reason and the card", () => {
  assert.equal(first.decision.serves, "challenger");
  assert.match(
    first.decision.reason,
    /^The first champion\. 3 clusters, clear: silhouette 0\.\d\d against 0\.\d\d for/,
  );
  const { record } = first.challenger;
  assert.deepEqual(versionRecordSchema.parse(JSON.parse(JSON.stringify(record))), JSON.parse(JSON.stringify(record)));
  assert.deepEqual(
    first.evidence?.rows.map((row) => [row["k"], row["is_chosen"], row["structure"]]),
    [
      [2, false, "clear"],
      [3, true, "clear"],
      [4, false, "clear"],
    ],
  );
  const card = renderModelCard(1, record);
  assert.match(card, /Predicts `cluster`, which rows belong together, by k_means\./);
  assert.match(card, /- Rows: 210; judged against shuffled columns and against rows drawn anew\./);
  assert.match(card, /\| bootstrap_ari \| 1 \|/);
  assert.doesNotMatch(card, /Calibration|Folds|undefined|NaN/);
});

test("each row is given its heap and its distance to the centre", () => {
  const rows = songs(210);
  const scores = scoreClusters(champion, rows);
  assert.ok(scores.every(({ cluster }, row) => cluster === scores[row % 3]?.cluster));
  assert.deepEqual(new Set(scores.map(({ cluster }) => cluster)), new Set([0, 1, 2]));
  const model = readClusters(champion.artefact);
  for (const [row, { cluster, distance }] of scores.entries()) {
    const centroid = model.clusters.find(({ number }) => number === cluster)?.centroid ?? [];
    const scaled = ["energy", "valence"].map(
      (name, axis) => (Number(rows[name]?.[row]) - (model.means[axis] ?? 0)) / (model.deviations[axis] ?? 1),
    );
    const expected = Math.hypot(...scaled.map((value, axis) => value - (centroid[axis] ?? 0)));
    assert.ok(Math.abs((distance ?? 0) - expected) < 1e-12);
  }
});

test("a row that lacks a feature has no cluster, and a feature that is gone is named", () => {
  const rows = songs(6);
  const energy = Array.from(rows["energy"] ?? [], (value, row) => (row === 2 ? null : value));
  const scores = scoreClusters(champion, { ...rows, energy });
  assert.deepEqual(scores[2], { cluster: null, distance: null });
  assert.equal(scores.filter(({ cluster }) => cluster !== null).length, 5);
  const { valence: _, ...fewer } = rows;
  assert.throws(() => scoreClusters(champion, fewer), {
    message:
      "Version 1 of mood_clustering cannot cluster these rows. The feature 'valence' is not among the 3 columns of the query.",
  });
});

test("where nothing changed nothing is trained; the same clusters again change nothing", () => {
  const skipped = trainModel(input({ rows: songs(210), champion, lastDecision: first.decision }));
  assert.match(JSON.stringify(skipped), /"skipped".*Neither rows nor settings changed/);
  const again = trained({ rows: songs(210), champion, isForced: true });
  assert.equal(again.decision.serves, "champion");
  assert.match(again.decision.reason, /^Not better than champion 1 beyond chance: 1 − silhouette/);
  assert.deepEqual(readClusters(again.challenger.artefact), readClusters(champion.artefact));
});

test("clusters that fit today's songs better replace those of the champion and keep their numbers", () => {
  // Two thirds of the songs are new ones at three other places.
  const rows = songs(630, 210);
  const next = trained({ rows, champion, isForced: true, config: configOf({ clusters: [5, 6, 7] }) });
  assert.equal(next.decision.serves, "challenger");
  assert.match(next.decision.reason, /^Better than champion 1: 1 − silhouette .*\. 6 clusters, clear/);
  const scores = scoreClusters({ version: 2, ...next.challenger }, rows);
  const before = scoreClusters(champion, songs(210));
  assert.deepEqual(
    scores.slice(0, 3).map(({ cluster }) => cluster),
    before.slice(0, 3).map(({ cluster }) => cluster),
  );
  assert.ok(next.challenger.record.drift.length === 2);
});

test("clusters by other features replace the champion's, since they cannot be compared", () => {
  const config = configOf({ features: ["energy"], clusters: [2, 3] });
  const { decision } = trained({ rows: songs(210), champion, config });
  assert.equal(decision.serves, "challenger");
  assert.match(decision.reason, /^Champion 1 cannot be compared: it clustered by other features\./);
});

test("a gate that fails keeps the champion", () => {
  const config = configOf({ gates: { metrics: { silhouette: { min: 0.99 } } } });
  const { decision } = trained({ rows: songs(210), champion, isForced: true, config });
  assert.deepEqual([decision.serves, decision.reason.slice(0, 28)], ["champion", "A gate failed: silhouette 0."]);
});

test("the curve is made of the quality of each k", () => {
  const model = readClusters(champion.artefact);
  const rows = songs(210);
  const points = Array.from({ length: 210 }, (_, row) =>
    Float64Array.from(["energy", "valence"], (name, axis) => {
      return (Number(rows[name]?.[row]) - (model.means[axis] ?? 0)) / (model.deviations[axis] ?? 1);
    }),
  );
  const quality = clusterQuality(points, kMeans(points, { k: 3, seed: "another" }), { seed: "another" });
  const chosen = first.evidence?.rows.find((row) => row["is_chosen"] === true);
  for (const [name, value] of [
    ["wcss", quality.wcss],
    ["silhouette", quality.silhouette],
    ["smallest_share", 1 / 3],
    ["bootstrap_ari", 1],
  ] as const)
    assert.ok(Math.abs(Number(chosen?.[name]) - value) < 1e-9, `${name}: ${String(chosen?.[name])} and ${value}`);
});

test("in another thread the same clusters are found, to the last digit", async () => {
  await using thread = new LearningThread();
  const other = await thread.train(input({ rows: songs(210) }));
  assert.equal(other.status === "trained" ? other.challenger.artefact : other.status, champion.artefact);
});

const rows = songs(210);
const problems: readonly (readonly [what: string, rows: ColumnarRows, problem: string])[] = [
  ["no rows", {}, "The training query returned no rows."],
  ["too few rows", songs(99), "There are 99 rows to cluster; at least 100 are needed."],
  [
    "a feature without any value",
    { ...rows, energy: Array.from({ length: 210 }, () => null) },
    "The feature 'energy' has no value in any row.",
  ],
  [
    "a feature that is always the same",
    { ...rows, energy: Array.from({ length: 210 }, () => 0.5) },
    "The feature 'energy' is 0.5 in every row: nothing to tell apart.",
  ],
  [
    "a row without a value",
    { ...rows, energy: Array.from(rows["energy"] ?? [], (value, row) => (row === 6 ? null : value)) },
    "The feature 'energy' has no value to cluster by in row 7.",
  ],
  [
    "an infinite value",
    { ...rows, energy: Array.from(rows["energy"] ?? [], (value, row) => (row === 6 ? Infinity : value)) },
    "The feature 'energy' is infinite in row 7.",
  ],
  [
    "a feature that vanished",
    { song: rows["song"] ?? [], artist: rows["artist"] ?? [], energy: rows["energy"] ?? [] },
    "The feature 'valence' is not among the 3 columns of the query.",
  ],
  [
    "a key that repeats",
    { ...rows, song: Array.from(rows["song"] ?? [], (song, row) => (row === 1 ? "song 0" : song)) },
    "The key 'song' repeats in 1 row; a row that comes twice would stand on both sides of a split.",
  ],
  [
    "features of the Web API",
    { ...rows, source: Array.from({ length: 210 }, (_, row) => (row < 5 ? "api" : "catalogue")) },
    "The features of 5 rows come from Spotify's API, whose terms forbid training on them: leave these rows out.",
  ],
];
for (const [what, bad, problem] of problems) {
  test(`${what}: refused in one sentence`, () => {
    const config = "source" in bad ? configOf({ provenance: "source" }) : configOf();
    const isTooEarly = what === "too few rows";
    assert.deepEqual(trainModel(input({ rows: bad, config })), { status: "refused", problems: [problem], isTooEarly });
  });
}

const mistakes: readonly (readonly [what: string, more: object, problem: RegExp])[] = [
  ["a logarithm of what is no feature", { logged: ["tempo"] }, /'logged.0': 'tempo' is none of the features/],
  ["the key as a feature", { features: ["song"] }, /'features.0': 'song' is the key and cannot be a feature/],
  ["a single cluster", { clusters: [1] }, /'clusters.0': Too small/],
  ["a label, which clusters have not", { label: "mood" }, /Unrecognized key: "label"/],
];
for (const [what, more, problem] of mistakes) {
  test(`${what}: a mistake in the front matter`, () => {
    assert.match(JSON.stringify(parseModelConfig({ ...least, ...more })).replaceAll("\\", ""), problem);
  });
}
