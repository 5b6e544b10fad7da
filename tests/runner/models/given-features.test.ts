import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { catalogueFile, extendedFile } from "../../support/bronze.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** All of the project that is looked at here. */
const models = ["gold/descriptive"];

const heading =
  "track_id,danceability,energy,loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo,key,mode,time_signature";

/** Two songs of 20 streams each; the catalogue knows both, with valence 0.5. */
async function landTwoSongs(life: Life): Promise<void> {
  const rows = Array.from({ length: 40 }, (_, index) =>
    trackRow(
      `2024-03-${String(1 + (index % 20)).padStart(2, "0")} 12:${index < 20 ? "00" : "30"}:00`,
      index < 20 ? "Ann - One" : "Ann - Two",
    ),
  );
  const song = (name: string, line: number) => ({
    line_number: line,
    track_id: trackId(`Ann - ${name}`),
    track_name: name,
    artists: "Ann",
  });
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", rows),
    catalogueFile([song("One", 2), song("Two", 3)]),
  );
}

async function build(life: Life, vars: string): Promise<void> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  const { code, stdout, stderr } = await outcomeOf(
    startTonearm(["build", "--vars", vars], { cwd: life.root, environment }),
  );
  assert.equal(code, 0, stdout + stderr);
}

const means =
  "select mean, plays_with_features::int as plays from gold.audio_feature_distributions where feature_name = 'valence'";
const coverage =
  "select feature_source, record_count::int as plays from gold.feature_source_coverage order by feature_source";

test("given features win over the catalogue's, and alone when only they are averaged", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landTwoSongs(life);
  const given = `${trackId("Ann - One")},0.1,0.2,-5,0.1,0.1,0,0.1,0.9,100,1,1,4`;
  await writeFile(join(life.root, "seeds/given_features.csv"), `${heading}\n${given}\n`);
  await life.build("+tag:descriptive");
  // (20 × 0.9 + 20 × 0.5) / 40
  assert.deepEqual(await life.query(means), [{ mean: 0.7, plays: 40 }]);
  assert.deepEqual(await life.query(coverage), [
    { feature_source: "catalogue", plays: 20 },
    { feature_source: "given", plays: 20 },
  ]);
  await build(life, "{feature_sources: [given], min_ms_played: 0}");
  // 20 plays are fewer than the 30 that a mean takes.
  assert.deepEqual(await life.query(means), [{ mean: null, plays: 20 }]);
});

test("a model of the same columns takes the seed's place", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landTwoSongs(life);
  for (const file of ["given_features.csv", "given_features.yml"]) await rm(join(life.root, "seeds", file));
  await writeFile(
    join(life.root, "models/silver/given_features.sql"),
    `/*---
description: Features of another implementation.
---*/

with

tracks as (

    select track_id from {{ref 'tracks'}}

)

select
    track_id,
    {{#each (list 'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness' 'liveness') as |name|}}
    0.25::double as {{name}},
    {{/each}}
    0.75::double as valence,
    120::double as tempo,
    1 as key,
    1 as mode,
    4 as time_signature

from tracks
`,
  );
  await life.build("+tag:descriptive");
  assert.deepEqual(await life.query(means), [{ mean: 0.75, plays: 40 }]);
  assert.deepEqual(await life.query(coverage), [{ feature_source: "given", plays: 40 }]);
});
