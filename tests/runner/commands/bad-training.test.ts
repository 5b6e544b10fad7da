import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { type Life, newLife } from "../../support/life.ts";
import { landCatalogue } from "../../support/made-up-catalogue.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** All of the project that is looked at here. */
const models = ["song_valence_scores", "model_performance_metrics", "streams"];

const folder = "models/gold/predictive/training";

interface BadSet {
  /** Of the front matter, beside key and group. */
  readonly training: string;
  readonly columns: string;
  readonly where?: string;
  readonly message: RegExp;
}

const regression = "task: regression, label: label";

/** Training sets that nothing can be learned from, by what is wrong with them. */
const badSets: Readonly<Record<string, BadSet>> = {
  too_few_rows: {
    training: regression,
    columns: "energy, valence as label",
    where: "danceability < 0.05",
    message: /There are \d+ rows to learn from; at least 200 are needed/,
  },
  one_class: {
    training: "task: multiclass, label: label",
    columns: "energy, 'calm' as label",
    message: /All 640 rows are of one class, 'calm': nothing to learn/,
  },
  constant_label: {
    training: regression,
    columns: "energy, 0.5 as label",
    message: /All 640 rows are labelled 0\.5: nothing to learn/,
  },
  all_null_feature: {
    training: regression,
    columns: "energy, null::double as empty, valence as label",
    message: /The feature 'empty' has no value in any row/,
  },
  vanished_feature: {
    training: `${regression}, features: [energy, loudnes]`,
    columns: "energy, loudness, valence as label",
    message: /The feature 'loudnes' is not among the 5 columns of the query; did you mean 'loudness'\?/,
  },
  infinite_value: {
    training: regression,
    columns: "if(energy > 0.5, 'infinity'::double, energy) as odd, valence as label",
    message: /The feature 'odd' is infinite in row \d+/,
  },
  label_outside_its_domain: {
    training: `${regression}, range: {min: 0, max: 1}`,
    columns: "energy, valence + 1 as label",
    message: /The label 'label' of row 1 is 1\.\d+, not a number from 0 to 1/,
  },
  class_outside_its_domain: {
    training: "task: multiclass, label: label, classes: [pop, jazz]",
    columns: "energy, track_genre as label",
    message: /is 'rock', none of pop, jazz/,
  },
  failing_query: {
    training: regression,
    columns: "energy, track_name::integer as label",
    message: /The training set could not be built/,
  },
  leaked_label: {
    training: regression,
    columns: "energy, 2 * valence - 1 as from_the_future, valence as label",
    message: /The feature 'from_the_future' gives the label away: their correlation is 1\.0000\. Leave it out/,
  },
  leaked_class: {
    training: "task: multiclass, label: label, categories: [code]",
    columns: "energy, case track_genre when 'pop' then 'a' else 'b' end as code, track_genre as label",
    message: /The feature 'code' gives the label away: it is the label under other names\. Leave it out/,
  },
};

function renderSet({ training, columns, where = "true" }: BadSet): string {
  return `/*---
description: A training set with a mistake.
materialized: trained_model
training: {${training}, key: track_id, group: artist_key}
---*/

select track_id, artist_key, ${columns} from {{ref 'catalogue_tracks'}} where ${where}
`;
}

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

test("training sets that cannot be learned from", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landCatalogue(life);
  for (const [name, set] of Object.entries(badSets))
    await writeFile(join(life.root, folder, `${name}.sql`), renderSet(set));
  const names = Object.keys(badSets).join(" ");
  const first = await run(life, "train", "--select", `mood_regression ${names}`);

  await context.test("are refused, each at its file with its reason, and the exit code says so", () => {
    assert.equal(first.code, 1);
    for (const [name, { message }] of Object.entries(badSets)) {
      const told = first.stderr.split(/^(?=models\/)/m).find((text) => text.startsWith(`${folder}/${name}.sql:1:1 `));
      assert.match(told ?? "", message, `${name}: ${first.stderr}`);
      assert.match(told ?? "", /The champion, where there is one, goes on serving/);
    }
    // The query that fails is also told where it fails, by the build.
    assert.match(first.stdout, /failing_query\.sql:/);
  });

  await context.test("the other models are trained, and everything else is built", async () => {
    assert.match(first.stdout, /mood_regression: version 1 is champion/);
    assert.deepEqual(
      await life.query("select distinct model_name, version::int as version from gold.model_performance_metrics"),
      [{ model_name: "mood_regression", version: 1 }],
    );
    assert.deepEqual(await life.query("select count(*)::int as streams from gold.streams"), [{ streams: 80 }]);
  });

  await context.test("a champion goes on serving when its own training set breaks", async () => {
    const path = join(life.root, folder, "mood_regression.sql");
    const sql = await readFile(path, "utf8");
    const scored = "select count(prediction)::int as scored from gold.song_valence_scores";
    await writeFile(path, sql.replace("where artist_key is not null", "where artist_key is null"));
    const empty = await run(life, "train", "--select", "mood_regression");
    assert.equal(empty.code, 1);
    assert.match(empty.stderr, /mood_regression\.sql:1:1 The training query returned no rows/);
    assert.deepEqual(await life.query(scored), [{ scored: 80 }]);
    await writeFile(path, sql.replace("    where artist_key is not null", "    where track_name::integer = 1"));
    const failing = await run(life, "train", "--select", "mood_regression");
    assert.equal(failing.code, 1);
    assert.match(
      failing.stderr,
      /mood_regression\.sql:1:1 The training set is held since .*mood_regression\.sql:60:21 Could not convert string/,
    );
    assert.deepEqual(await life.query(scored), [{ scored: 80 }]);
    assert.match((await run(life, "registry")).stdout, /mood_regression +1 +champion/);
  });
});
