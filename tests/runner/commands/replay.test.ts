import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "project.yml": "name: small\nvars: { timezone: UTC }\nmodels:\n  silver: { schema: silver }\n",
  "models/silver/plays.sql":
    "select range as play_id, range % 10 as song_id, case when range = 42 then -5 else range end as ms_played from range(1000)\n",
  "models/silver/songs.sql": "select range as song_id, 'song ' || range as title from range(10)\n",
  "models/silver/titled.sql": `/*---
columns:
  - name: play_id
    data_tests: [unique]
  - name: ms_played
    data_tests: [range: { min: 0 }]
---*/
select plays.play_id, plays.song_id, songs.title, plays.ms_played
from {{ref 'plays'}} as plays
inner join {{ref 'songs'}} as songs on plays.song_id = songs.song_id
`,
  // No bad row has a column of what it is made of.
  "models/silver/totals.sql": `/*---
columns:
  - name: minutes
    data_tests: [range: { max: 8 }]
---*/
select sum(ms_played) / 60000 as minutes from {{ref 'plays'}}
`,
};

test("a failed test leaves the rows it came from, and replay sees it fail again", async (t) => {
  const project = await scratchProject(t, files);
  const built = await project.run("build");
  assert.equal(built.code, 1, `${built.stdout}${built.stderr}`);
  assert.match(built.stdout, /^See it fail again: npm run replay -- titled$/m);
  const folder = join(project.root, "target/failures/titled");
  assert.deepEqual((await readdir(folder)).toSorted(), [
    "inputs",
    "range_titled_ms_played.csv",
    "range_titled_ms_played.sql",
    "replay.json",
    "replay.sql",
  ]);
  const modes = ["", "inputs", "inputs/silver.plays.parquet", "replay.json", "replay.sql"].map(async (path) =>
    ((await stat(join(folder, path))).mode & 0o777).toString(8),
  );
  assert.deepEqual(await Promise.all(modes), ["700", "700", "600", "600", "600"]);
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    const rows = async (path: string) => connection.query(`from '${join(project.root, "target/failures", path)}'`);
    // Play 42, of song 2: nothing else of a thousand plays and ten songs.
    assert.deepEqual(await rows("titled/inputs/silver.plays.parquet"), [{ play_id: 42, song_id: 2, ms_played: -5 }]);
    assert.deepEqual(await rows("titled/inputs/silver.songs.parquet"), [{ song_id: 2, title: "song 2" }]);
    // The sum takes all.
    assert.equal((await rows("totals/inputs/silver.plays.parquet")).length, 1000);
    await connection.run(`set file_search_path = '${folder}'`);
    await connection.run(await readFile(join(folder, "replay.sql"), "utf8"));
    assert.deepEqual(await connection.query("select play_id from silver.titled"), [{ play_id: 42 }]);
  });

  const replayed = await project.run("replay", "titled");
  assert.equal(replayed.code, 1, replayed.stderr);
  assert.match(
    replayed.stdout,
    /^FAIL range_titled_ms_played: 1 row\n {4}play_id .*\n {4}─.*\n {4} *42 +2 +song 2 +-5\n$/,
  );
  const unknown = await project.run("replay", "titeld");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /nothing is kept of 'titeld'\n\ndid you mean 'titled'\?/);
  await project.write({ "models/silver/plays.sql": files["models/silver/plays.sql"].replace("-5", "5") });
  assert.equal((await project.run("build", "--exclude", "totals")).code, 0);
  assert.equal((await project.run("replay", "titled")).code, 1);
});

test("a test that fails on the release, or on a seed, leaves the same", async (t) => {
  const songs =
    "/*--- { columns: [{ name: title, data_tests: [not_null] }] } ---*/\nselect song_id, title from {{ref 'titles'}}\n";
  const titles = (title: string): string =>
    `description: Titles.\ncolumns:\n  - { name: song_id, data_type: INTEGER, data_tests: [unique] }\n  - ${title}\n`;
  const title = "{ name: title, data_type: VARCHAR }";
  const project = await scratchProject(t, {
    "project.yml": files["project.yml"],
    "seeds/titles.csv": "song_id,title\n1,One\n2,Two\n3,\n",
    "seeds/titles.yml": titles(title),
    "models/silver/songs.sql": songs.replace("not_null", "unique"),
  });
  assert.equal((await project.run("build")).code, 0);
  await project.write({
    "models/silver/songs.sql": songs,
    "seeds/titles.yml": titles(title.replace("VARCHAR", "VARCHAR, data_tests: [accepted_values: { values: [One] }]")),
  });
  const tested = await project.run("test");
  assert.equal(tested.code, 1, tested.stderr);
  assert.match(
    tested.stdout,
    /^See it fail again: npm run replay -- titles\nSee it fail again: npm run replay -- songs$/m,
  );
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    const rows = async (path: string) => connection.query(`from '${join(project.root, "target/failures", path)}'`);
    assert.deepEqual(await rows("songs/inputs/seeds.titles.parquet"), [{ song_id: 3, title: null }]);
    assert.deepEqual(await rows("titles/inputs/seeds.titles.parquet"), [{ song_id: 2, title: "Two" }]);
  });
  for (const [name, failing] of [
    ["songs", /^FAIL not_null_songs_title: 1 row$/m],
    ["titles", /^FAIL accepted_values_titles_title: 1 row$/m],
  ] as const) {
    const replayed = await project.run("replay", name);
    assert.equal(replayed.code, 1, replayed.stderr);
    assert.match(replayed.stdout, failing);
  }
});

test("a training set and predictions that fail a test leave the same", async (t) => {
  const song = "range as song_id, range % 7 as one, case when range = 30 then -1 else range % 5 end as label";
  const project = await scratchProject(t, {
    "project.yml": "name: small\nvars: { timezone: UTC }\nmodels:\n  gold: { schema: gold }\n",
    "models/gold/songs.sql": `/*---\nmaterialized: ephemeral\n---*/\nselect ${song} from range(200)\n`,
    "models/gold/label_regression.sql": `/*---
materialized: trained_model
training: { task: regression, label: label, key: song_id, group: song_id, algorithms: [ridge] }
columns:
  - name: label
    data_tests: [range: { min: 0 }]
---*/
select song_id, one, label from {{ref 'songs'}}
`,
    "models/gold/label_scores.sql": `/*---
materialized: predictions
scored_by: label_regression
columns:
  - name: model_version
    data_tests: [not_null]
---*/
select song_id, one from {{ref 'songs'}} where song_id < 3
`,
  });
  const built = await project.run("build");
  assert.equal(built.code, 1, `${built.stdout}${built.stderr}`);
  for (const [name, failing] of [
    ["label_regression", /^FAIL range_label_regression_label: 1 row\n.*song_id.*\n.*\n +30 +2 +-1\n$/],
    // Nothing is trained yet, so no version has scored the three songs.
    ["label_scores", /^FAIL not_null_label_scores_model_version: 3 rows$/m],
  ] as const) {
    const replayed = await project.run("replay", name);
    assert.equal(replayed.code, 1, replayed.stderr);
    assert.match(replayed.stdout, failing);
  }
});
