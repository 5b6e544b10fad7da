import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import * as z from "zod";

import { scratchProject } from "../support/tonearm.ts";

const python = process.env["DBT_ARTIFACTS_PYTHON"] ?? "python3";
const run = promisify(execFile);

/** Why PyPI's parser cannot be asked; undefined where it can. */
const reason = await run(python, ["-c", "import dbt_artifacts_parser"]).then(
  () => undefined,
  () => `${python} with PyPI's dbt-artifacts-parser is missing; DBT_ARTIFACTS_PYTHON names another`,
);

const files = {
  "project.yml": `name: small
vars: { timezone: UTC }
models: { silver: { schema: silver, critical: true, materialized: view }, gold: { schema: gold, tags: [gold] } }
sources:
  - name: bronze
    tables: [{ name: raw_plays, description: Raw., columns: [{ name: play_id, data_type: INTEGER }] }]
`,
  "seeds/moods.csv": "mood,rank\nhappy,1\n",
  "seeds/moods.yml":
    "description: Moods.\ncolumns:\n  - { name: mood, data_type: VARCHAR, data_tests: [unique] }\n  - { name: rank, data_type: INTEGER }\n",
  "models/macros/twice.hbs": "{{amount}} * 2",
  "models/silver/numbers.sql": "select range as number, {{> twice amount='range'}} as doubled from range(3)\n",
  "models/silver/raw_ids.sql":
    "/*---\nmaterialized: ephemeral\n---*/\nselect play_id from {{source 'bronze.raw_plays'}}\n",
  "models/gold/numbered.sql": `/*---
description: Numbers.
unique_key: number
materialized: incremental
columns:
  - name: number
    description: Key.
    data_tests: [not_null, range: { max: 9, severity: warn, warn_if: "> 1" }, at_most: { most: 1, where: "number > 0" }]
---*/
select number, doubled from {{ref 'numbers'}}
`,
  "models/gold/after.sql":
    "/*---\ncolumns:\n  - { name: number, description: It. }\n---*/\nselect number from {{ref 'numbered'}}\n",
  "models/gold/ids.sql": "select play_id from {{ref 'raw_ids'}}\n",
  "tests/generic/at_most.sql": "select {{column}} from {{model}} where {{column}} > {{most}}\n",
  "tests/models/no_number_is_ten.sql": "select number from {{ref 'numbers'}} where number = 10\n",
  "tests/models/numbered.yml":
    "unit_tests:\n  - name: all_are_there\n    model: numbered\n    given: [{ input: ref('numbers'), rows: [{ number: 1, doubled: 2 }] }]\n    expect: { rows: [{ number: 1 }] }\n",
  "dashboards/all.yml":
    "title: All\ndescription: All.\ntabs:\n  - title: One\n    charts:\n      - { kind: table, name: rows, title: Rows, why: To see., table: after, columns: [number] }\n",
};

const program = `
import json, sys
from dbt_artifacts_parser.parser import parse_catalog, parse_manifest, parse_run_results
def read(name):
    with open(sys.argv[1] + "/" + name + ".json") as file:
        return json.load(file)
manifest = parse_manifest(read("manifest"))
results = parse_run_results(read("run_results"))
catalog = parse_catalog(read("catalog"))
print(json.dumps({
    "classes": [type(it).__name__ for it in (manifest, results, catalog)],
    "nodes": sorted(manifest.nodes), "sources": sorted(manifest.sources), "macros": sorted(manifest.macros),
    "exposures": sorted(manifest.exposures), "unit_tests": sorted(manifest.unit_tests),
    "parents": manifest.parent_map["model.small.numbered"], "children": sorted(manifest.child_map["model.small.after"]),
    "results": {it.unique_id: [it.status.value, it.failures, it.message] for it in results.results},
    "types": {name: column.type for name, column in catalog.nodes["model.small.numbered"].columns.items()},
    "relation": catalog.sources["source.small.bronze.raw_plays"].metadata.name,
}))
`;

const told = z.object({
  classes: z.array(z.string()),
  nodes: z.array(z.string()),
  sources: z.array(z.string()),
  macros: z.array(z.string()),
  exposures: z.array(z.string()),
  unit_tests: z.array(z.string()),
  parents: z.array(z.string()),
  children: z.array(z.string()),
  results: z.record(z.string(), z.tuple([z.string(), z.number().nullable(), z.string().nullable()])),
  types: z.record(z.string(), z.string()),
  relation: z.string(),
});

test("dbt-artifacts-parser reads manifest v12, run_results v6 and catalog v1", { skip: reason ?? false }, async (t) => {
  const project = await scratchProject(t, files);
  const built = await project.run("build");
  assert.equal(built.code, 1, built.stderr);
  const { stdout } = await run(python, ["-c", program, join(project.root, "target/dbt")]);
  const { results, ...rest } = told.parse(JSON.parse(stdout));
  assert.deepEqual(rest, {
    classes: ["ManifestV12", "RunResultsV6", "CatalogV1"],
    nodes: [
      "model.small.after",
      "model.small.ids",
      "model.small.numbered",
      "model.small.numbers",
      "model.small.raw_ids",
      "seed.small.moods",
      "test.small.at_most_numbered_number",
      "test.small.no_number_is_ten",
      "test.small.not_null_numbered_number",
      "test.small.range_numbered_number",
      "test.small.unique_moods_mood",
    ],
    sources: ["source.small.bronze.raw_plays"],
    macros: ["macro.small.twice"],
    exposures: ["exposure.small.all"],
    unit_tests: ["unit_test.small.numbered.all_are_there"],
    parents: ["model.small.numbers"],
    children: ["exposure.small.all"],
    types: { number: "BIGINT", doubled: "BIGINT" },
    relation: "raw_plays",
  });
  assert.equal(results["model.small.numbers"]?.[0], "success");
  assert.equal(results["model.small.numbered"]?.[0], "error");
  assert.deepEqual(results["model.small.after"], ["skipped", null, "gold.numbered failed"]);
  assert.deepEqual(results["test.small.at_most_numbered_number"]?.slice(0, 2), ["fail", 1]);
  assert.deepEqual(results["test.small.no_number_is_ten"], ["pass", 0, null]);
});
