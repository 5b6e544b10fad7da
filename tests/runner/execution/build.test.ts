import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { cellText } from "../../../runner/warehouse/cells.ts";
import { scratchProject } from "../../support/tonearm.ts";

const seed = {
  "seeds/numbers.csv": "number_id,amount\n1,10\n2,20\n3,30\n",
  "seeds/numbers.yml": `description: Numbers.
columns:
  - { name: number_id, data_type: INTEGER, description: Key., data_tests: [unique, not_null] }
  - { name: amount, data_type: INTEGER, description: Amount. }
`,
};
const silver = `/*---
description: Doubled numbers.
columns:
  - { name: number_id, description: Key., data_tests: [unique, not_null] }
  - { name: doubled, description: Twice the amount. }
---*/
select number_id, amount * 2 as doubled from {{ref 'numbers'}}
`;
const total = `/*---
description: The total.
columns: [{ name: total, description: Sum., data_tests: [{ range: { max: 1000 } }] }]
---*/
select sum(doubled)::bigint as total from {{ref 'doubles'}}
`;
const report = "/*--- { description: A report. } ---*/\nselect total + 1 as reported from {{ref 'total'}}\n";
const other = "/*--- { description: Another. } ---*/\nselect count(*) as doubles from {{ref 'doubles'}}\n";
const files = {
  ...seed,
  "models/silver/doubles.sql": silver,
  "models/gold/total.sql": total,
  "models/gold/report.sql": report,
  "models/gold/other.sql": other,
};

test("a first build publishes every relation with its comments and meta tables", async (t) => {
  const project = await scratchProject(t, files);
  const { code, stdout } = await project.run("build");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Done in .*PASS=\d+ WARN=0 ERROR=0 SKIP=0 REUSED=0 TOTAL=\d+/);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 120 }]);
  assert.deepEqual(await project.query("select reported from gold.report"), [{ reported: 121 }]);
  assert.deepEqual(
    await project.query(
      "select table_name, comment from duckdb_tables() where schema_name in ('silver', 'gold') order by 1",
    ),
    [
      { table_name: "doubles", comment: "Doubled numbers." },
      { table_name: "other", comment: "Another." },
      { table_name: "report", comment: "A report." },
      { table_name: "total", comment: "The total." },
    ],
  );
  assert.deepEqual(
    await project.query(
      "select comment from duckdb_columns() where table_name = 'doubles' and schema_name = 'silver' and column_name = 'doubled'",
    ),
    [{ comment: "Twice the amount." }],
  );
  assert.deepEqual(await project.query("select relation, row_count, held_since from meta.relations order by 1"), [
    { relation: "gold.other", row_count: 1, held_since: null },
    { relation: "gold.report", row_count: 1, held_since: null },
    { relation: "gold.total", row_count: 1, held_since: null },
    { relation: "seeds.numbers", row_count: 3, held_since: null },
    { relation: "silver.doubles", row_count: 3, held_since: null },
  ]);
  assert.deepEqual(await project.query("select count(*) as runs, min(nodes_built) as built from meta.runs"), [
    { runs: 1, built: 5 },
  ]);
  assert.deepEqual(await project.query("select status, count(*) as tests from meta.test_results group by all"), [
    { status: "pass", tests: 5 },
  ]);
  // The clients that README names read it.
  const [{ storage } = {}] = await project.query(
    "select tags['storage_version'] as storage from duckdb_databases() where database_name = current_database()",
  );
  assert.match(cellText(storage ?? null), /^v1\.4\.0/);
});

test("a failed gold test holds the node and what reads it, and the rest is published", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.write({ "seeds/numbers.csv": "number_id,amount\n1,10\n2,20\n3,900\n" });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1);
  assert.match(stdout, /ERROR table gold\.total/);
  assert.match(stdout, /models\/gold\/total\.sql:3:\d+ data test range_total_total fails on 1 row/);
  assert.match(stdout, /SKIP gold\.report \(gold\.total failed\)/);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 120 }], "held");
  assert.deepEqual(await project.query("select reported from gold.report"), [{ reported: 121 }], "held with it");
  assert.deepEqual(
    await project.query("select sum(doubled)::int as total from silver.doubles"),
    [{ total: 1860 }],
    "published",
  );
  const held =
    "select relation, held_since is not null as is_held, held_reason from meta.relations where held_since is not null order by 1";
  const reasons = await project.query(held);
  assert.deepEqual(
    reasons.map(({ relation }) => relation),
    ["gold.report", "gold.total"],
  );
  const [before] = await project.query("select held_since from meta.relations where relation = 'gold.total'");
  assert.equal((await project.run("build")).code, 1, "it is tried again");
  assert.deepEqual(
    await project.query("select held_since from meta.relations where relation = 'gold.total'"),
    [before],
    "still since then",
  );
  await project.write({ "seeds/numbers.csv": "number_id,amount\n1,10\n2,20\n3,40\n" });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select reported from gold.report"), [{ reported: 141 }]);
  assert.deepEqual(await project.query(held), []);
});

test("a failed critical node publishes nothing", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.write({ "seeds/numbers.csv": "number_id,amount\n1,10\n1,20\n" });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1);
  assert.match(stdout, /Nothing was published/);
  assert.deepEqual(await project.query("select count(*) as numbers from seeds.numbers"), [{ numbers: 3 }]);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 120 }]);
  await project.write({ "seeds/numbers.csv": "number_id,amount\n1,10\n2,20\n" });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 60 }]);
  const runs = await project.query("select status, nodes_failed from meta.runs order by run_id");
  assert.deepEqual(
    runs.map(({ nodes_failed: failed }) => failed),
    [0, 1, 0],
    "the run that published nothing is in the history too",
  );
  assert.deepEqual(runs[1]?.["status"], "failed");
});

test("a change that leaves the rows equal rebuilds the node and nothing below it", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.write({ "models/silver/doubles.sql": `${silver.trimEnd()} where true\n` });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 0);
  assert.match(stdout, /OK created table silver\.doubles/);
  assert.doesNotMatch(stdout, /gold\./);
  assert.match(stdout, /REUSED=4/);
});

test("a new test runs without a rebuild, a mended description builds nothing", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  const [built] = await project.query("select built_by from meta.relations where relation = 'gold.total'");
  await project.write({
    "models/gold/total.sql": total.replace("{ range: { max: 1000 } }", "{ range: { max: 1000 } }, not_null"),
    "models/gold/other.sql": other.replace("Another.", "Yet another."),
  });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 0);
  assert.match(stdout, /OK tested table gold\.total .*2 tests/);
  assert.match(stdout, /OK described table gold\.other/);
  assert.match(stdout, /REUSED=3/);
  assert.deepEqual(await project.query("select built_by from meta.relations where relation = 'gold.total'"), [built]);
  assert.deepEqual(await project.query("select comment from duckdb_tables() where table_name = 'other'"), [
    { comment: "Yet another." },
  ]);
});

test("a new test that fails holds the node with the rows it has", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.write({ "models/gold/total.sql": total.replace("max: 1000", "max: 100") });
  assert.equal((await project.run("build")).code, 1);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 120 }]);
  assert.deepEqual(await project.query("select relation from meta.relations where held_since is not null order by 1"), [
    { relation: "gold.report" },
    { relation: "gold.total" },
  ]);
});

test("a warning does not change the exit code", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "models/gold/total.sql": total.replace("max: 1000", "max: 100, severity: warn"),
  });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 0);
  assert.match(stdout, /WARN .*data test range_total_total warns of 1 row/);
  assert.match(stdout, /WARN=1 ERROR=0/);
});

test("a data test that cannot run is told of at the line that declares it, before anything is built", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "models/gold/other.sql": other.replace(
      "{ description: Another. }",
      "\ndescription: Another.\ndata_tests:\n  - expression: { expression: 'doublez > 0' }\n",
    ),
  });
  const { code, stdout, stderr } = await project.run("build");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /models\/gold\/other\.sql:4:5 data test expression_other cannot run: .*doublez/);
  assert.match(stderr, /did you mean 'doubles'\?/);
  assert.equal(existsSync(join(project.dataDir, "warehouse.duckdb")), false);
});

test("a singular test over two models gates the last of them", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "tests/models/total_is_the_sum.sql":
      "select * from {{ref 'total'}} where total != (select sum(doubled) + 1 from {{ref 'doubles'}})\n",
  });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1);
  assert.match(stdout, /ERROR table gold\.total/);
  assert.match(stdout, /tests\/models\/total_is_the_sum\.sql:1:1 data test total_is_the_sum fails on 1 row/);
  assert.match(stdout, /OK created table silver\.doubles/);
});

test("unknown columns of all models are told of before anything is built", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "models/silver/doubles.sql": "select number_id, missing * 2 as doubled from {{ref 'numbers'}}\n",
    "models/gold/other.sql":
      "/*--- { description: Another. } ---*/\n\nselect\n    number_id,\n    amont\nfrom {{ref 'numbers'}}\n",
  });
  const { code, stdout, stderr } = await project.run("build");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /models\/gold\/other\.sql:5:5 .*"amont" not found.*\n\n5 \| {5}amont\n +\^\n\ndid you mean 'amount'\?/,
  );
  assert.match(stderr, /models\/silver\/doubles\.sql:1:\d+ .*"missing" not found/);
  assert.doesNotMatch(stderr, /total|report/, "what reads them is not reported again");
  assert.equal(existsSync(join(project.dataDir, "warehouse.duckdb")), false);
});

test("errors that rows make fail their node, in the SELECT that they stand in", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "models/gold/report.sql":
      "/*--- { description: A report. } ---*/\nselect error('no luck with ' || total) as reported from {{ref 'total'}}\n",
  });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1);
  assert.match(stdout, /models\/gold\/report\.sql:2:8 .*no luck with 120[^]*somewhere in the SELECT that stands here/);
});

test("a model that is gone from the project is dropped from the warehouse", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.remove("models/gold/other.sql");
  const { code, stdout } = await project.run("build");
  assert.equal(code, 0);
  assert.match(stdout, /Dropped gold\.other/);
  assert.deepEqual(await project.query("select count(*) as tables from duckdb_tables() where table_name = 'other'"), [
    { tables: 0 },
  ]);
});

test("a selection builds only what it names, and says what it misses", async (t) => {
  const project = await scratchProject(t, files);
  const missing = await project.run("build", "--select", "total");
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /total reads silver\.doubles, which has never been built\n\nbuild it too: --select \+total/,
  );
  const first = await project.run("build", "--select", "+total");
  assert.equal(first.code, 0);
  assert.deepEqual(await project.query("select table_name from duckdb_tables() where schema_name = 'gold'"), [
    { table_name: "total" },
  ]);
  const second = await project.run("build", "--select", "tag:gold", "--exclude", "report");
  assert.match(second.stdout, /OK created table gold\.other/);
  assert.doesNotMatch(second.stdout, /gold\.report/);
  const forced = await project.run("build", "--select", "other", "--force");
  assert.match(forced.stdout, /1 of 1 OK created table gold\.other/);
});

test("a view stays a view, turns into a table and back, and is refused outside critical folders", async (t) => {
  const view = silver.replace("columns:", "materialized: view\ncolumns:");
  const project = await scratchProject(t, { ...files, "models/silver/doubles.sql": view });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select count(*) as views from duckdb_views() where view_name = 'doubles'"), [
    { views: 1 },
  ]);
  await project.write({ "models/silver/doubles.sql": silver });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select count(*) as views from duckdb_views() where view_name = 'doubles'"), [
    { views: 0 },
  ]);
  await project.write({ "models/silver/doubles.sql": view });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 120 }]);
  await project.write({
    "models/gold/other.sql": other.replace(
      "{ description: Another. }",
      "{ description: Another., materialized: view }",
    ),
  });
  const refused = await project.run("build");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /models\/gold\/other\.sql:1:\d+ a view is allowed only in a critical folder/);
});

test("an ephemeral model is inlined and its changes reach what reads it", async (t) => {
  const ephemeral = silver.replace("columns:", "materialized: ephemeral\ncolumns:");
  const project = await scratchProject(t, { ...files, "models/silver/doubles.sql": ephemeral });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 120 }]);
  assert.deepEqual(await project.query("select count(*) as tables from duckdb_tables() where table_name = 'doubles'"), [
    { tables: 0 },
  ]);
  await project.write({ "models/silver/doubles.sql": ephemeral.replace("amount * 2", "amount * 3") });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 180 }]);
});

test("a data test waits until all that it reads is built, and runs then", async (t) => {
  const project = await scratchProject(t, {
    "models/silver/one.sql": "/*--- { description: One. } ---*/\nselect 1 as one\n",
    "models/gold/two.sql": "/*--- { description: Two. } ---*/\nselect 2 as two\n",
    "seeds/alpha.csv": "mood\nhappy\nblue\n",
    "seeds/alpha.yml":
      "description: Alpha.\ncolumns: [{name: mood, data_type: VARCHAR, description: Mood., data_tests: [relationships: {to: zeta, field: mood}]}]\n",
    "seeds/zeta.csv": "mood\nhappy\n",
    "seeds/zeta.yml": "description: Zeta.\ncolumns: [{name: mood, data_type: VARCHAR, description: Mood.}]\n",
  });
  const alone = await project.run("build", "--select", "zeta");
  assert.equal(alone.code, 0, alone.stdout);
  const both = await project.run("build");
  assert.equal(both.code, 1);
  assert.match(both.stdout + both.stderr, /relationships_alpha_mood.* 1 /);
});
