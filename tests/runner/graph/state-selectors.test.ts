import assert from "node:assert/strict";
import { before, test } from "node:test";

import type { Manifest } from "../../../runner/compile/manifest.ts";
import { noState, parseChecksums, parseResults } from "../../../runner/graph/previous-state.ts";
import { selectResources } from "../../../runner/graph/select-nodes.ts";
import { compileFiles } from "../../support/compile-error.ts";

const project =
  "name: small\nvars: { limit_rows: 3 }\nmodels:\n  silver: { schema: silver }\n  gold: { schema: gold }\n";
const trends = (head: string, body: string): string => `/*---\n${head}\n---*/\n${body}\n`;
const files: Readonly<Record<string, string>> = {
  "project.yml": project,
  "models/macros/half.hbs": "{{amount}} / 2",
  "models/macros/quarter.hbs": "({{> half amount=amount}}) / 2",
  "models/silver/plays.sql": "select {{run_date}} as play_date, {{> quarter amount='4'}} as play_id\n",
  "models/gold/trends.sql": trends("description: Days.", "select * from {{ref 'plays'}}"),
  "models/gold/tops.sql": "select * from {{ref 'plays'}} limit {{var 'limit_rows'}}\n",
  "tests/models/no_trend_is_empty.sql": "select * from {{ref 'trends'}} where play_id is null\n",
};

let old: Manifest;
before(async () => {
  old = await compileFiles(files);
});

/** What is written differently, and what each check of state: then finds. */
const changes: readonly [what: string, changed: Readonly<Record<string, string>>, found: Record<string, string>][] = [
  [
    "nothing",
    {},
    {
      new: "",
      modified: "",
      unmodified: "plays tops trends no_trend_is_empty",
      old: "plays tops trends no_trend_is_empty",
    },
  ],
  [
    "the SQL of a model",
    { "models/gold/trends.sql": trends("description: Days.", "select play_id from {{ref 'plays'}}") },
    {
      modified: "trends",
      "modified.body": "trends",
      "modified.configs": "",
      unmodified: "plays tops no_trend_is_empty",
    },
  ],
  [
    "a description",
    { "models/gold/trends.sql": trends("description: Local days.", "select * from {{ref 'plays'}}") },
    { modified: "trends", "modified.persisted_descriptions": "trends", "modified.body": "" },
  ],
  [
    "the settings of a model",
    { "models/gold/trends.sql": trends("description: Days.\ntags: [mine]", "select * from {{ref 'plays'}}") },
    { modified: "trends", "modified.configs": "trends", "modified.relation": "" },
  ],
  [
    "the schema of a folder",
    { "project.yml": project.replace("schema: gold", "schema: marts") },
    { modified: "tops trends", "modified.relation": "tops trends", "modified.configs": "" },
  ],
  [
    "a macro that a macro calls",
    { "models/macros/half.hbs": "{{amount}} * 0.5" },
    { modified: "plays", "modified.macros": "plays", "modified.body": "" },
  ],
  ["a var", { "project.yml": project.replace("limit_rows: 3", "limit_rows: 4") }, { modified: "" }],
  [
    "a new model",
    { "models/gold/days.sql": "select 1 as day\n" },
    { new: "days", modified: "days", "modified.body": "days", old: "plays tops trends no_trend_is_empty" },
  ],
  [
    "a singular test",
    { "tests/models/no_trend_is_empty.sql": "select * from {{ref 'trends'}} where play_date is null\n" },
    { modified: "no_trend_is_empty", "modified.body": "no_trend_is_empty" },
  ],
];

for (const [what, changed, found] of changes) {
  test(`when ${what} changes, state: tells it`, async () => {
    const manifest = await compileFiles({ ...files, ...changed });
    const previous = { ...noState, checksums: parseChecksums(JSON.parse(JSON.stringify(old))) };
    for (const [check, expected] of Object.entries(found)) {
      const selection = { select: [`state:${check}`], exclude: [], indirectSelection: "empty" } as const;
      const names = selectResources(manifest, selection, previous).map(({ name }) => name);
      assert.deepEqual(names.toSorted(), expected.split(" ").filter(Boolean).toSorted(), `state:${check}`);
    }
  });
}

test("result: takes nodes and tests by how they ended", () => {
  const results = parseResults({
    results: [
      { uniqueId: "model.small.plays", status: "success", tests: [] },
      {
        uniqueId: "model.small.trends",
        status: "error",
        tests: [{ uniqueId: "test.small.no_trend_is_empty", status: "fail" }],
      },
      { uniqueId: "model.small.tops", status: "skipped", tests: [] },
    ],
  });
  const found = (select: string): string =>
    selectResources(old, { select: [select], exclude: [], indirectSelection: "empty" }, { ...noState, results })
      .map(({ name }) => name)
      .join(" ");
  assert.equal(found("result:error"), "trends");
  assert.equal(found("result:fail"), "no_trend_is_empty");
  assert.equal(found("1+result:error result:skipped"), "plays tops trends");
  assert.equal(found("result:warn"), "");
});
