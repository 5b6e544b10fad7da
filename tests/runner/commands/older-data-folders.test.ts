import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { parse, stringify } from "yaml";
import * as z from "zod";

import type { Row } from "../../../runner/warehouse/cells.ts";
import { scratchProject } from "../../support/tonearm.ts";

const repository = join(import.meta.dirname, "../../..");

/** The models that the folders were built with. */
const models = {
  "models/silver/plays.sql": `/*---
description: Plays.
---*/
select track_id, track_name, artist_name, source_kind, ended_at from {{source 'bronze.listening_history'}}
`,
  "models/gold/favourites.sql": `/*---
description: Favourites.
---*/
select track_name, count(*)::int as plays from {{ref 'plays'}} group by all
`,
};
const learning = {
  "models/gold/sizes.sql": `/*---
description: A training set.
materialized: trained_model
training: { task: regression, label: label, key: id, group: id, algorithms: [mean, ridge] }
columns: [{ name: id, description: Key. }, { name: size, description: Size. }, { name: label, description: Label. }]
---*/
select range as id, (range % 17) / 17 as size, 2 * size + (range * 7 % 11) / 11 as label from range(300)
`,
  "models/gold/size_scores.sql": `/*---
description: Scores.
materialized: predictions
scored_by: sizes
columns: [{ name: id, description: Key. }, { name: size, description: Size. }, { name: prediction, description: Label. }]
---*/
select range as id, (range % 13) / 13 as size from range(200)
`,
};

interface OlderFolder {
  /** The commit that wrote it: 20 plays of Song 0, 1, 2, 0, 1, 2, … were landed and built, and the model trained if there is one. */
  readonly commit: string;
  readonly models: Readonly<Record<string, string>>;
  readonly runs: readonly string[];
  readonly scored: readonly Row[];
}

const folders: Readonly<Record<string, OlderFolder>> = {
  "first-build": {
    commit: "47dd5b7",
    models,
    runs: ["20261127T231534414Z-27ae"],
    scored: [],
  },
  "first-registry": {
    commit: "677e1ee",
    models: { ...models, ...learning },
    runs: ["20261127T231626896Z-30ad", "20261127T231903348Z-4ba1"],
    scored: [{ version: 1, rows: 200 }],
  },
};

for (const [name, { commit, models: files, runs, scored }] of Object.entries(folders)) {
  test(`a data folder that commit ${commit} wrote opens, builds, and keeps its runs and its models`, async (context) => {
    const text = await readFile(join(repository, "project.yml"), "utf8");
    const project = z.record(z.string(), z.unknown()).parse(parse(text));
    const layers = { silver: { schema: "silver", critical: true }, gold: { schema: "gold" } };
    const life = await scratchProject(context, { "project.yml": stringify({ ...project, models: layers }), ...files });
    execFileSync("tar", ["-xzf", join(import.meta.dirname, `../../support/data-folders/${name}.tar.gz`)], {
      cwd: life.root,
    });
    const { code, stdout, stderr } = await life.runWith({ TONEARM_TIMEZONE: "UTC" }, "build");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(await life.query("select track_name, plays from gold.favourites order by all"), [
      { track_name: "Song 0", plays: 7 },
      { track_name: "Song 1", plays: 7 },
      { track_name: "Song 2", plays: 6 },
    ]);
    const older = await life.query("select run_id from meta.runs where status = 'success' order by run_id");
    assert.deepEqual(
      older.slice(0, runs.length).map(({ run_id: id }) => id),
      runs,
    );
    if (scored.length === 0) return;
    const versions =
      "select model_version::int as version, count(prediction)::int as rows from gold.size_scores group by all";
    assert.deepEqual(await life.query(versions), scored);
  });
}
