import assert from "node:assert/strict";
import { test } from "node:test";

import type { ManifestTest } from "../../../runner/compile/manifest.ts";
import { renderDataTest } from "../../../runner/data-tests/render-data-test.ts";
import { renderFreshScreenings } from "../../../runner/data-tests/render-fresh-screening.ts";
import { renderScreenings } from "../../../runner/data-tests/render-screening.ts";
import type { DataTest } from "../../../runner/project/project.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { testSettings } from "../../support/test-settings.ts";

const rows = "(values (1, 'a', 0.5), (1, 'b', 1.5), (2, null, -0.5), (null, 'd', null)) as rows (id, name, share)";

/** Tests that one scan can tell of, and whether a row of the four above fails them. */
const cases: readonly [test: DataTest, isWrong: boolean][] = [
  [{ kind: "unique", columns: ["id"] }, true],
  [{ kind: "unique", columns: ["name"] }, false],
  [{ kind: "not_null", column: "name" }, true],
  [{ kind: "accepted_values", column: "name", values: ["a", "it's"] }, true],
  [{ kind: "accepted_values", column: "name", values: ["a", "b", "d"] }, false],
  [{ kind: "range", column: "share", min: 0, max: 1 }, true],
  [{ kind: "range", column: "share", min: -1, max: null }, false],
  [{ kind: "range", column: "share", min: null, max: null }, false],
  [{ kind: "row_count", min: 5, max: null }, true],
  [{ kind: "row_count", min: 4, max: 4 }, false],
  [{ kind: "expression", expression: "share < id" }, true],
  [{ kind: "expression", expression: "share < 2" }, false],
];

test("a scan suspects exactly the tests whose own query returns rows, in full and in an empty table none", async () => {
  const tests = cases.map(([dataTest], index) => manifestTest(dataTest, index));
  const [screening, ...others] = renderScreenings(tests);
  assert.deepEqual(others, []);
  assert.deepEqual(screening?.tests, tests);
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`create table things as select * from ${rows}`);
    const wrong: boolean[] = [];
    for (const one of tests) wrong.push((await connection.query(renderDataTest(one))).length > 0);
    assert.deepEqual(
      wrong,
      cases.map(([, isWrong]) => isWrong),
    );
    assert.deepEqual(await connection.query(screening?.sql ?? ""), [{ suspects: wrong }]);
    await connection.run("delete from things");
    const [empty] = await connection.query(screening?.sql ?? "");
    const ofRows = cases.flatMap(([{ kind }], index) => (kind === "row_count" ? [] : [index]));
    const suspects = empty?.["suspects"];
    assert.deepEqual(
      ofRows.map((index) => Array.isArray(suspects) && suspects[index]),
      ofRows.map(() => false),
    );
  });
});

test("a value that cannot be cast makes its own test suspect, and no other", async () => {
  const tests = [
    manifestTest({ kind: "expression", expression: "cast(name as integer) > 0" }, 0),
    manifestTest({ kind: "not_null", column: "share" }, 1),
    manifestTest({ kind: "expression", expression: "share is null or share < 9" }, 2),
  ];
  const [screening] = renderScreenings(tests);
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(
      "create table things as select * from (values ('1', 0.5), ('one', 1.5)) as rows (name, share)",
    );
    assert.deepEqual(await connection.query(screening?.sql ?? ""), [{ suspects: [true, false, false] }]);
  });
});

test("of some rows a scan tells what their tests would say of all, where the others pass", async () => {
  const tests = [
    manifestTest({ kind: "not_null", column: "name" }, 0),
    manifestTest({ kind: "range", column: "share", min: 0, max: 1 }, 1),
    manifestTest({ kind: "unique", columns: ["id"] }, 2),
    manifestTest({ kind: "unique", columns: ["id", "name"] }, 3),
    manifestTest({ kind: "row_count", min: 1, max: null }, 4),
    { ...manifestTest({ kind: "not_null", column: "name" }, 5), relation: "(select * from main.things where id > 1)" },
    manifestTest({ kind: "relationships", column: "name", to: "others", field: "other_name" }, 6),
  ];
  const suspects = async (where: string): Promise<readonly unknown[]> =>
    withDuckDB({}, async (database) => {
      const connection = await database.connect();
      await connection.run(`create table things as select * from ${rows}`);
      await connection.run("create table others as select name as other_name from things where share = 0.5");
      const screenings = renderFreshScreenings(tests, { relation: "main.things", where });
      assert.deepEqual(
        screenings.flatMap((screening) => screening.tests.map(({ name }) => name)),
        ["0", "1", "2", "3", "6"],
      );
      const told: unknown[] = [];
      for (const { sql } of screenings) told.push(...(await connection.query(sql)).map((row) => row["suspects"]));
      return told.flat();
    });
  assert.deepEqual(
    await suspects("share = 0.5"),
    [false, false, true, false, false],
    "its id is that of a row not asked for",
  );
  assert.deepEqual(
    await suspects("share < 0"),
    [true, true, false, false, false],
    "a name that is null looks for none",
  );
  assert.deepEqual(
    await suspects("id is null"),
    [false, false, false, false, true],
    "nulls pass, but no other has its name",
  );
  assert.deepEqual(await suspects("false"), [false, false, false, false, false]);
});

test("what more than one scan has to tell, and the only test of a relation, is left to its own query", () => {
  const only = manifestTest({ kind: "not_null", column: "id" }, 0);
  const keys = manifestTest({ kind: "unique", columns: ["id", "name"] }, 1);
  const others = manifestTest({ kind: "relationships", column: "id", to: "others", field: "other_id" }, 2);
  assert.deepEqual(renderScreenings([only, keys, others]), []);
  const [left, right] = [manifestTest({ kind: "not_null", column: "name" }, 3), { ...only, relation: "main.others" }];
  assert.deepEqual(renderScreenings([left, right, keys]), []);
});

function manifestTest(dataTest: DataTest, index: number): ManifestTest {
  return {
    uniqueId: `test.small.${index}`,
    name: String(index),
    test: dataTest,
    relation: "main.things",
    toRelation: "main.others",
    settings: testSettings(),
    description: "",
    path: "models/things.sql",
    place: { line: 1, column: 1 },
    attachedNode: null,
    dependsOn: [],
    reads: [],
    gate: "",
  };
}
