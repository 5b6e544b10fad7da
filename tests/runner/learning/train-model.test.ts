import assert from "node:assert/strict";
import { test } from "node:test";

import { prng } from "../../../runner/prng.ts";
import { scoreRows } from "../../../runner/learning/score-rows.ts";
import { configOf, madeUpSongs, trained, training, valenceConfig } from "../../support/made-up-songs.ts";

const songs = madeUpSongs(600);
const { luck: _luck, ...rows } = songs;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function close(actual: number | null | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(typeof actual === "number" && Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
}

test("the figures of a model are those of its predictions for the rows it was judged on", () => {
  const { challenger } = trained({ config: valenceConfig(["energy", "tempo"]), rows });
  const scores = scoreRows({ ...challenger, version: 1 }, rows);
  assert.ok(scores.task === "regression");
  const heldOut = rows.valence.filter((_, row) => scores.isHoldout[row]);
  const errors = heldOut.map(
    (label, index) => label - (scores.predictions.filter((_, row) => scores.isHoldout[row])[index] ?? 0),
  );
  const { metrics } = challenger.record;
  close(metrics["test_rmse"], Math.sqrt(meanOf(errors.map((error) => error ** 2))));
  close(metrics["test_mae"], meanOf(errors.map(Math.abs)));
  close(
    metrics["test_r2"],
    1 - meanOf(errors.map((error) => error ** 2)) / meanOf(heldOut.map((label) => (label - meanOf(heldOut)) ** 2)),
  );
  close(
    metrics["baseline_rmse"],
    Math.sqrt(
      meanOf(heldOut.map((label) => (label - meanOf(rows.valence.filter((__, row) => !scores.isHoldout[row]))) ** 2)),
    ),
  );
  close(metrics["test_rmse"], 0.05, 0.01);
  close(metrics["coverage"], 0.8, 0.1);
  assert.equal(challenger.record.rows.holdout, heldOut.length);
});

test("the first model that beats the baseline becomes champion", () => {
  const { decision, baseline, challenger, warnings } = trained({ config: valenceConfig(["energy", "tempo"]), rows });
  assert.equal(decision.serves, "challenger");
  assert.match(
    decision.reason,
    /^The first champion[.] Better than the baseline: RMSE 0[.]0\d+ against 0[.]2\d*, 7\d[.]?\d* % lower \(95 % interval of the difference 0[.]\d+ to 0[.]\d+\)[.]$/,
  );
  assert.equal(baseline, null);
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    challenger.record.importance.map(({ feature }) => feature),
    ["energy", "tempo"],
  );
});

test("where nothing beats the baseline, the baseline serves and says so", () => {
  const { decision, challenger, baseline } = trained({ config: valenceConfig(["luck"]), rows: songs });
  assert.equal(decision.serves, "baseline");
  assert.match(
    decision.reason,
    /^Nothing beats the baseline \(mean\) by 1 % and beyond chance: ridge has RMSE .*The baseline serves[.]$/,
  );
  assert.equal(challenger.record.algorithm, "ridge");
  assert.equal(baseline?.record.algorithm, "mean");
  assert.equal(baseline?.record.isBaseline, true);
  const scores = scoreRows({ ...baseline, version: 2 }, { song: ["new"], artist: ["newcomer"], luck: [3] });
  assert.ok(scores.task === "regression");
  close(scores.predictions[0], meanOf(songs.valence));
});

test("a baseline that is champion stays when nothing beats it", () => {
  const first = trained({ config: valenceConfig(["luck"]), rows: songs });
  assert.ok(first.baseline !== null);
  const champion = { ...first.baseline, version: 2 };
  const { decision, baseline } = trained({ config: valenceConfig(["luck"]), rows: songs, champion });
  assert.equal(decision.serves, "champion");
  assert.match(decision.reason, /The baseline stays champion[.]$/);
  assert.equal(baseline, null);
});

test("a better challenger replaces the champion", () => {
  const champion = { ...trained({ config: valenceConfig(["hint"]), rows }).challenger, version: 3 };
  const { decision } = trained({ config: valenceConfig(["energy", "tempo"]), rows, champion });
  assert.equal(decision.serves, "challenger");
  assert.equal(decision.champion, 3);
  assert.match(decision.reason, /^Better than champion 3: RMSE 0[.]0\d+ against 0[.]1\d+/);
  const [, met] = decision.comparisons;
  close(met?.other, champion.record.metrics["test_rmse"] ?? 0);
  assert.ok((met?.lower ?? 0) > 0);
});

test("a challenger that is worse, or no better, leaves the champion", () => {
  const champion = { ...trained({ config: valenceConfig(["energy", "tempo"]), rows }).challenger, version: 3 };
  const worse = trained({ config: valenceConfig(["hint"]), rows, champion });
  assert.equal(worse.decision.serves, "champion");
  assert.match(worse.decision.reason, /^Not better than champion 3 by 1 % and beyond chance: .* higher \(/);
  const same = trained({ config: valenceConfig(["energy", "tempo"]), rows, champion });
  assert.equal(same.decision.serves, "champion");
  assert.match(same.decision.reason, /0 % lower \(95 % interval of the difference 0 to 0\)/);
});

test("a metric gate that fails keeps a good challenger out", () => {
  const config = valenceConfig(["energy", "tempo"], {
    gates: { metrics: { test_r2: { min: 0.99 }, coverage: { max: 2 } } },
  });
  const { decision } = trained({ config, rows });
  assert.equal(decision.serves, "baseline");
  assert.match(decision.reason, /^A gate failed: test_r2 0[.]9\d* is below 0[.]99[.] The baseline serves[.]$/);
});

test("a champion whose feature vanished cannot be compared, and the reason names the feature", () => {
  const champion = { ...trained({ config: valenceConfig(["energy", "tempo"]), rows }).challenger, version: 3 };
  const { tempo: _gone, ...left } = rows;
  const { decision } = trained({ config: valenceConfig(["energy"]), rows: left, champion });
  assert.equal(decision.serves, "challenger");
  assert.match(decision.reason, /^Champion 3 cannot be compared: The feature 'tempo' is not among the 5 columns/);
  assert.match(decision.reason, /Better than the baseline/);
});

test("the same input gives the same result to the last bit, another seed another split", () => {
  const config = valenceConfig(["energy", "hint"], { algorithms: ["ridge", "boosted_trees"] });
  assert.deepEqual(training({ config, rows }), training({ config, rows }));
  const other = trained({ config, rows, seed: "other" });
  assert.notEqual(other.challenger.record.rows.holdout, trained({ config, rows }).challenger.record.rows.holdout);
});

test("a planted leak is refused, and so is a set without enough to judge by", () => {
  const planted = rows.valence.map((value) => 100 * value);
  assert.deepEqual(training({ config: valenceConfig(["energy", "planted"]), rows: { ...rows, planted } }), {
    status: "refused",
    problems: ["The feature 'planted' gives the label away: their correlation is 1.0000. Leave it out."],
    isTooEarly: false,
  });
  const artist = rows.artist.map((_, row) => `artist ${row % 12}`);
  const result = training({ config: valenceConfig(["energy"]), rows: { ...rows, artist } });
  assert.ok(result.status === "refused" && result.isTooEarly);
  assert.match(
    result.problems.join(),
    /^Only \d+ rows of \d groups can be held out; at least 30 rows of 10 groups are needed/,
  );
});

test("nothing is trained before enough new rows came, unless settings changed or it is forced", () => {
  const config = valenceConfig(["energy", "tempo"]);
  const { decision } = trained({ config, rows });
  const skipped = (input: object): unknown => training({ config, rows, lastDecision: decision, ...input });
  assert.deepEqual(skipped({}), {
    status: "skipped",
    reason: "Neither rows nor settings changed since the decision of 2026-11-22.",
  });
  const origin = { runId: "run-2", dataHash: "data-2", codeVersion: "0.1.0" };
  const more = madeUpSongs(620, "more");
  assert.deepEqual(skipped({ origin, rows: more }), {
    status: "skipped",
    reason: "Only 20 rows came since the decision of 2026-11-22; a new one needs 100.",
  });
  const status = (input: object): string =>
    training({ config, rows: more, lastDecision: decision, origin, ...input }).status;
  assert.equal(status({ isForced: true }), "trained");
  assert.equal(status({ config: valenceConfig(["energy"]) }), "trained");
  assert.equal(status({ rows: madeUpSongs(700) }), "trained");
});

test("a category that names the group teaches nothing about rows that were held out", () => {
  const random = prng("bands");
  const offsets = new Map([...new Set(songs.artist)].map((artist) => [artist, random.normal(0, 1)]));
  const band = songs.artist.map((artist) => `band ${artist}`);
  const valence = songs.artist.map((artist) => (offsets.get(artist) ?? 0) + random.normal(0, 0.05));
  const config = valenceConfig(["luck"], { categories: ["band"] });
  const table = { ...songs, valence, band };
  const { challenger, decision } = trained({ config, rows: table });
  assert.equal(decision.serves, "baseline");
  assert.ok((challenger.record.metrics["test_r2"] ?? 1) < 0.05, String(challenger.record.metrics["test_r2"]));
  const scores = scoreRows({ ...challenger, version: 1 }, table);
  assert.ok(scores.task === "regression");
  const mean = meanOf(valence);
  const error = meanOf(valence.map((value, row) => (value - (scores.predictions[row] ?? 0)) ** 2));
  assert.ok(error > 0.9 * meanOf(valence.map((value) => (value - mean) ** 2)), `${error}`);
});

test("a feature that is the baseline must be beaten", () => {
  const config = valenceConfig(["energy", "tempo"], { baseline: "known" });
  const known = songs.energy.map((value) => 0.5 + 0.2 * value);
  const { challenger, decision } = trained({ config, rows: { ...songs, known } });
  assert.equal(decision.serves, "challenger");
  close(challenger.record.metrics["baseline_rmse"], Math.hypot(0.1, 0.05), 0.015);
  const better = songs.valence.map((value, row) => value + 0.02 * (songs.luck[row] ?? 0));
  const beaten = trained({
    config: valenceConfig(["energy"], { baseline: "known" }),
    rows: { ...songs, known: better },
  });
  assert.equal(beaten.baseline?.record.algorithm ?? beaten.decision.serves, "feature");
});

test("classes are learned with probabilities that the figures hold for", () => {
  const mood = songs.energy.map((value, row) =>
    value > 0.3 ? "loud" : (songs.tempo[row] ?? 0) > 0 ? "quick" : "calm",
  );
  const config = configOf({
    task: "multiclass",
    label: "mood",
    features: ["hint", "tempo"],
    classes: ["loud", "quick", "calm"],
  });
  const { challenger, decision } = trained({ config, rows: { ...songs, mood } });
  assert.equal(decision.serves, "challenger");
  const scores = scoreRows({ ...challenger, version: 1 }, songs);
  assert.ok(scores.task === "multiclass");
  assert.deepEqual(scores.classes, ["loud", "quick", "calm"]);
  const heldOut = mood.flatMap((label, row) => {
    if (scores.isHoldout[row] !== true) return [];
    const shares = scores.probabilities.map((one) => one[row] ?? 0);
    close(
      shares.reduce((sum, share) => sum + share, 0),
      1,
    );
    return [{ label, predicted: scores.predicted[row], own: shares[["loud", "quick", "calm"].indexOf(label)] ?? 0 }];
  });
  const { metrics, confusion } = challenger.record;
  close(metrics["log_loss"], meanOf(heldOut.map(({ own }) => -Math.log(own))));
  close(metrics["test_accuracy"], meanOf(heldOut.map(({ label, predicted }) => (label === predicted ? 1 : 0))));
  assert.equal(
    confusion[0]?.[1],
    heldOut.filter(({ label, predicted }) => label === "loud" && predicted === "quick").length,
  );
  assert.ok((metrics["test_accuracy"] ?? 0) > 0.8);
});

test("two classes are learned with the area under the curve", () => {
  const random = prng("skips");
  const is_skipped = songs.energy.map((value) => random.uniform() < 1 / (1 + Math.exp(-2 * value)));
  const config = configOf({
    task: "binary",
    label: "is_skipped",
    features: ["energy", "luck"],
    algorithms: ["logistic"],
  });
  const { challenger, decision } = trained({ config, rows: { ...songs, is_skipped } });
  assert.equal(decision.serves, "challenger");
  const scores = scoreRows({ ...challenger, version: 1 }, songs);
  assert.ok(scores.task === "binary");
  const rank = (row: number): number => scores.probabilities[1]?.[row] ?? 0;
  const held = [...songs.song.keys()].filter((row) => scores.isHoldout[row]);
  const pairs = held.flatMap((yes) =>
    held
      .filter((no) => is_skipped[yes] === true && is_skipped[no] === false)
      .map((no) => (rank(yes) > rank(no) ? 1 : 0)),
  );
  close(challenger.record.metrics["auc"], meanOf(pairs));
});

test("a model that is only a baseline is its own challenger", () => {
  const { decision, challenger, baseline } = trained({
    config: valenceConfig(["energy"], { algorithms: ["mean"] }),
    rows,
  });
  assert.deepEqual(
    [decision.serves, decision.reason, challenger.record.algorithm, baseline],
    ["challenger", "Nothing does better than the baseline (mean) on the folds. The baseline serves.", "mean", null],
  );
});

test("a class that no row has is never predicted", () => {
  const mood = songs.energy.map((value) => (value > 0 ? "loud" : "calm"));
  for (const algorithm of ["logistic", "boosted_trees"]) {
    const { challenger } = trained({
      config: configOf({
        task: "multiclass",
        label: "mood",
        features: ["hint"],
        classes: ["loud", "silent", "calm"],
        algorithms: [algorithm],
      }),
      rows: { ...songs, mood },
    });
    const scores = scoreRows({ ...challenger, version: 1 }, songs);
    assert.ok(scores.task === "multiclass");
    assert.ok(scores.probabilities[1]?.every((share) => share < 0.1));
    assert.ok(!scores.predicted.includes("silent"));
  }
});
