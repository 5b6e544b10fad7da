import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { catalogueFile, extendedFile } from "../../support/bronze.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";
import { landCatalogue } from "../../support/made-up-catalogue.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** All of the project that is looked at here. */
const models = ["mood_predictions", "song_valence_scores", "model_performance_metrics", "streams"];

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

test("train makes champions of what beats its baseline, predicts with them, and knows when nothing changed", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landCatalogue(life);
  await life.build();

  await context.test("before that there are no predictions, and the columns are there", async () => {
    assert.deepEqual(await life.query("select count(*)::int as rows from gold.mood_predictions"), [{ rows: 0 }]);
    assert.deepEqual(
      await life.query(
        "select count(*)::int as rows, count(prediction)::int as predicted, count(model_version)::int as versions from gold.song_valence_scores",
      ),
      [{ rows: 80, predicted: 0, versions: 0 }],
    );
  });

  const first = await run(life, "train", "--select", "mood_regression");
  await context.test("the model is better than the mean, and becomes champion after the release is published", () => {
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /mood_regression: version 1: The first champion\. Better than the baseline/);
    assert.match(first.stdout, /Published release \d+[^]*\nmood_regression: version 1 is champion\.$/m);
  });

  await context.test(
    "each song is predicted close to its danceability, by a model that had not seen its artist",
    async () => {
      const rows = await life.query(`select prediction, lower, upper, danceability, is_holdout, model_version
      from gold.song_valence_scores`);
      assert.equal(rows.length, 80);
      const errors = rows.map((row) => Math.abs(Number(row["prediction"]) - Number(row["danceability"])));
      assert.ok(errors.reduce((sum, error) => sum + error, 0) / 80 < 0.06, String(errors));
      assert.ok(rows.every((row) => row["model_version"] === 1 && Number(row["lower"]) <= Number(row["upper"])));
      const heldOut = rows.filter((row) => row["is_holdout"] === true).length;
      assert.ok(heldOut >= 5 && heldOut <= 35, `${heldOut} of 80 artists are held out`);
      assert.deepEqual(await life.query("select count(*)::int as rows from gold.mood_predictions"), [{ rows: 80 }]);
    },
  );

  await context.test("its performance stands beside the baseline's", async () => {
    const [row] =
      await life.query(`select model_name, model_type, version, is_champion, decision, test_r2 > 0.8 as is_good,
      test_rmse < baseline_rmse / 2 as is_better, train_size + test_size as rows from gold.model_performance_metrics`);
    const { model_type: algorithm, ...rest } = row ?? {};
    assert.ok(algorithm === "ridge" || algorithm === "boosted_trees");
    assert.deepEqual(rest, {
      model_name: "mood_regression",
      version: 1,
      is_champion: true,
      decision: "challenger",
      is_good: true,
      is_better: true,
      rows: 640,
    });
  });

  await context.test("the card tells of it", async () => {
    const folder = join(life.dataDir, "registry", "mood_regression");
    assert.ok((await readdir(folder)).includes("1.md"));
    const card = await readFile(join(folder, "1.md"), "utf8");
    assert.match(card, /danceability/);
    assert.match(card, /^- Run \d+T\d+Z-\w+, code [\da-f]{16,}, data [\da-f]{64}, seed tonearm\.$/m);
  });

  await context.test("without new data nothing is trained and nothing is built", async () => {
    const { code, stdout } = await run(life, "train", "--select", "mood_regression");
    assert.equal(code, 0);
    assert.match(stdout, /mood_regression: not trained: neither rows nor settings changed/);
    assert.match(stdout, /Nothing to do: all \d+ nodes/);
  });

  await context.test("a challenger that is no better leaves the champion where it is", async () => {
    const { code, stdout } = await run(life, "train", "--select", "mood_regression", "--force");
    assert.equal(code, 0);
    assert.match(stdout, /mood_regression: version 2: /);
    assert.doesNotMatch(stdout, /version 2 is champion/);
    assert.match(
      (await run(life, "registry")).stdout,
      /mood_regression +1 +champion[^]*mood_regression +2 +challenger/,
    );
  });

  await context.test("a version is promoted and rolled back by hand, and predictions follow", async () => {
    const version = "select distinct model_version::int as version from gold.song_valence_scores";
    assert.equal((await run(life, "registry", "promote", "mood_regression", "2")).code, 0);
    assert.deepEqual(await life.query(version), [{ version: 2 }]);
    assert.equal((await run(life, "registry", "rollback", "mood_regression")).code, 0);
    assert.deepEqual(await life.query(version), [{ version: 1 }]);
    assert.deepEqual(
      await life.query(
        "select version::int as version, is_champion from gold.model_performance_metrics order by version",
      ),
      [
        { version: 1, is_champion: true },
        { version: 2, is_champion: false },
      ],
    );
  });

  await context.test("champions survive a rollback of the warehouse, and score again with the next build", async () => {
    const version = "select distinct model_version::int as version from gold.song_valence_scores";
    assert.equal((await run(life, "rollback")).code, 0);
    assert.deepEqual(await life.query(version), [{ version: 2 }], "the release before had been scored by it");
    assert.match((await run(life, "registry")).stdout, /mood_regression +1 +champion/);
    assert.equal((await run(life, "build")).code, 0);
    assert.deepEqual(await life.query(version), [{ version: 1 }]);
  });

  await context.test("an altered champion is named, scores nothing, and holds what it scored", async () => {
    const path = join(life.dataDir, "registry", "mood_regression", "1.model.json");
    const text = await readFile(path, "utf8");
    await rm(path);
    await writeFile(path, text.replace("0", "1"));
    const { code, stdout } = await run(life, "build", "--select", "song_valence_scores", "--force");
    assert.equal(code, 1);
    assert.match(stdout, /1\.model\.json/);
    assert.deepEqual(await life.query("select count(prediction)::int as predicted from gold.song_valence_scores"), [
      { predicted: 80 },
    ]);
  });
});

test("a training set that cannot be learned from is refused plainly, and the rest goes on", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [trackRow("2024-01-01 12:00:00", "Ann - One")]),
    catalogueFile([{ line_number: 2, track_id: trackId("Ann - One"), track_name: "One", artists: "Ann" }]),
  );
  const { code, stderr } = await run(life, "train", "--select", "mood_regression");
  assert.equal(code, 1);
  assert.match(stderr, /models\/gold\/predictive\/training\/mood_regression\.sql:1:1 .*1 row/);
  assert.match(stderr, /The champion, where there is one, goes on serving/);
  assert.deepEqual(await life.query("select count(*)::int as streams from gold.streams"), [{ streams: 1 }]);
});

const mistakes: readonly (readonly [what: string, path: string, change: readonly [string, string], message: RegExp])[] =
  [
    [
      "predictions scored by nothing that is trained",
      "models/gold/predictive/song_valence_scores.sql",
      ["scored_by: mood_regression", "scored_by: mood_regresion"],
      /song_valence_scores\.sql:4:\d+ scored_by 'mood_regresion' names no trained model[^]*did you mean 'mood_regression'/,
    ],
    [
      "a trained model without training",
      "models/gold/predictive/song_valence_scores.sql",
      ["materialized: predictions\nscored_by: mood_regression", "materialized: trained_model"],
      /song_valence_scores\.sql:3:\d+ a trained_model needs training/,
    ],
  ];
for (const [what, path, [from, to], message] of mistakes) {
  test(`${what}: a located mistake`, async (context) => {
    const life = await newLife(context, "UTC", models);
    const file = join(life.root, path);
    await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
    const { code, stderr } = await run(life, "compile");
    assert.equal(code, 2);
    assert.match(stderr, message);
  });
}
