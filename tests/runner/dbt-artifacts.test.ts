import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import * as z from "zod";

import { runWithParser, whyNoParser } from "../support/dbt-artifacts-parser.ts";
import { scratchProject } from "../support/tonearm.ts";

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
  "tests/generic/at_most.sql": "select {{column}} from {{model}} where {{> twice amount=column}} > 2 * {{most}}\n",
  "tests/models/no_number_is_ten.sql": "select number from {{ref 'numbers'}} where number = 10\n",
  "tests/models/numbered.yml":
    "unit_tests:\n  - name: all_are_there\n    model: numbered\n    given: [{ input: ref('numbers'), rows: [{ number: 1, doubled: 2 }] }]\n    expect: { rows: [{ number: 1 }] }\n",
  "dashboards/all.yml":
    "title: All\ndescription: All.\ntabs:\n  - title: One\n    charts:\n      - { kind: table, name: rows, title: Rows, why: To see., table: after, columns: [number] }\n",
};

const resultsSchema = z.object({
  results: z.array(z.object({ unique_id: z.string(), status: z.string(), message: z.string().nullable() })),
});

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
    "calls": {name: node.depends_on.macros for name, node in manifest.nodes.items() if node.depends_on and getattr(node.depends_on, "macros", None)},
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
  calls: z.record(z.string(), z.array(z.string())),
  parents: z.array(z.string()),
  children: z.array(z.string()),
  results: z.record(z.string(), z.tuple([z.string(), z.number().nullable(), z.string().nullable()])),
  types: z.record(z.string(), z.string()),
  relation: z.string(),
});

test(
  "dbt-artifacts-parser reads manifest v12, run_results v6 and catalog v1",
  { skip: await whyNoParser() },
  async (t) => {
    const project = await scratchProject(t, files);
    const built = await project.run("build");
    assert.equal(built.code, 1, built.stderr);
    const stdout = await runWithParser(program, join(project.root, "target/dbt"));
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
      macros: ["macro.small.test_at_most", "macro.small.twice"],
      exposures: ["exposure.small.all"],
      unit_tests: ["unit_test.small.numbered.all_are_there"],
      calls: {
        "model.small.numbers": ["macro.small.twice"],
        "test.small.at_most_numbered_number": ["macro.small.test_at_most", "macro.small.twice"],
      },
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
  },
);

test("what is held is skipped, and its message says which rows it keeps", async (t) => {
  const sound = "/*--- { columns: [{ name: number, data_tests: [unique] }] } ---*/\nselect 1 as number\n";
  const project = await scratchProject(t, {
    "project.yml": "name: small\nvars: { timezone: UTC }\nmodels: { gold: { schema: gold } }\n",
    "models/gold/first.sql": sound,
    "models/gold/second.sql": "select number from {{ref 'first'}}\n",
  });
  const messages = async (): Promise<readonly unknown[]> => {
    const text = await readFile(join(project.root, "target/dbt/run_results.json"), "utf8");
    const { results } = resultsSchema.parse(JSON.parse(text));
    return results
      .filter(({ unique_id: id }) => id.startsWith("model."))
      .map(({ status, message }) => [status, message]);
  };
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await messages(), [
    ["success", null],
    ["success", null],
  ]);
  const built = await project.query("select built_at from meta.relations where relation = 'gold.second'");
  await project.write({ "models/gold/first.sql": sound.replace("1 as number", "unnest([2, 2]) as number") });
  assert.equal((await project.run("build")).code, 1);
  const [, second] = await messages();
  const [{ built_at: at } = {}] = built;
  assert.ok(at instanceof Date);
  assert.deepEqual(second, ["skipped", `gold.first failed; it keeps the rows built at ${at.toISOString()}`]);
  assert.deepEqual(await project.query("select number from gold.second"), [{ number: 1 }]);
});
