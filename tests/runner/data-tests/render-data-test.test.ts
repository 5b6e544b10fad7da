import assert from "node:assert/strict";
import { test } from "node:test";

import type { ManifestTest } from "../../../runner/compile/manifest.ts";
import { renderDataTest } from "../../../runner/data-tests/render-data-test.ts";
import type { DataTest } from "../../../runner/project/project.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { testSettings } from "../../support/test-settings.ts";

const rows = "(values (1, 'a', 0.5), (1, 'b', 1.5), (2, null, -0.5), (null, 'd', null)) as rows (id, name, share)";

/** Each test with its SQL in full, and how many rows it returns from the four above, counted by hand. */
const cases: readonly [test: DataTest, sql: string, bad: number][] = [
  [
    { kind: "unique", columns: ["id"] },
    'select "id", count(*) as row_count from main.things where "id" is not null group by "id" having count(*) > 1',
    1,
  ],
  [
    { kind: "unique", columns: ["id", "name"] },
    'select "id", "name", count(*) as row_count from main.things where "id" is not null and "name" is not null group by "id", "name" having count(*) > 1',
    0,
  ],
  [{ kind: "not_null", column: "name" }, 'select * from main.things where "name" is null', 1],
  [
    { kind: "accepted_values", column: "name", values: ["a", "it's"] },
    `select "name", count(*) as row_count from main.things where "name" not in ('a', 'it''s') group by "name"`,
    2,
  ],
  [
    { kind: "relationships", column: "id", to: "others", field: "other_id" },
    'select "id" from main.things where "id" is not null and "id" not in (select "other_id" from main.others where "other_id" is not null)',
    1,
  ],
  [{ kind: "range", column: "share", min: 0, max: 1 }, 'select * from main.things where "share" < 0 or "share" > 1', 2],
  [{ kind: "range", column: "share", min: null, max: 1 }, 'select * from main.things where "share" > 1', 1],
  [{ kind: "row_count", min: 5, max: null }, "select count(*) as row_count from main.things having count(*) < 5", 1],
  [
    { kind: "row_count", min: 4, max: 4 },
    "select count(*) as row_count from main.things having count(*) < 4 or count(*) > 4",
    0,
  ],
  [{ kind: "expression", expression: "share < id" }, "select * from main.things where not (share < id)", 1],
];

for (const [dataTest, sql, bad] of cases) {
  test(`${dataTest.kind} ${JSON.stringify(dataTest)} returns ${bad} of the rows`, async () => {
    const rendered = renderDataTest(manifestTest(dataTest));
    assert.equal(rendered, sql);
    const found = await withDuckDB({}, async (database) => {
      const connection = await database.connect();
      await connection.run(`create table things as select * from ${rows}`);
      await connection.run("create table others as select unnest([1, null]) as other_id");
      return connection.query(rendered);
    });
    assert.equal(found.length, bad);
  });
}

function manifestTest(dataTest: DataTest): ManifestTest {
  return {
    uniqueId: "test.small.it",
    name: "it",
    test: dataTest,
    relation: "main.things",
    toRelation: "main.others",
    settings: testSettings(),
    description: "",
    path: "models/things.sql",
    place: { line: 1, column: 1 },
    reads: [],
    attachedNode: null,
    dependsOn: [],
    gate: "",
  };
}
