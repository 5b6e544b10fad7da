import assert from "node:assert/strict";
import { test } from "node:test";

import { describeRelation, hashTable } from "../../../runner/execution/relation-content.ts";
import { combinePartitions, readContents, replaceRows } from "../../../runner/execution/relation-contents.ts";
import type { ContentsByColumn } from "../../../runner/graph/build-state.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";

async function contentOf(select: string): Promise<{ rows: number; contentHash: string }> {
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run("attach ':memory:' as warehouse");
    await connection.run("use warehouse");
    await connection.run("create schema gold");
    await connection.run(`create table gold.it as ${select}`);
    return hashTable(connection, "gold.it", await describeRelation(connection, { schema: "gold", name: "it" }));
  });
}

const base = "select * from (values (1, 'a', 0.1::double), (2, null, 'nan'), (3, 'c', 'inf')) as it (id, name, share)";

test("the order of rows does not count", async () => {
  assert.deepEqual(await contentOf(base), await contentOf(`select * from (${base}) order by id desc`));
});

test("the last digits of a double do not count", async () => {
  assert.deepEqual(
    await contentOf("select 0.3::double as share"),
    await contentOf("select (0.1::double + 0.2::double) as share"),
  );
  assert.deepEqual(await contentOf("select 0.0::double as share"), await contentOf("select -0.0::double as share"));
});

const changes: readonly [what: string, select: string][] = [
  ["a value", base.replace("'c'", "'d'")],
  ["a null", base.replace("null", "'b'")],
  ["a double", base.replace("0.1", "0.1001")],
  ["a missing row", `select * from (${base}) where id < 3`],
  ["a repeated row", `${base} union all select * from (${base}) where id = 1`],
  ["two more repeated rows", `${base} union all ${base} union all ${base}`],
  ["a column's name", base.replace("share)", "portion)")],
  ["a column's type", `select * replace (id::bigint as id) from (${base})`],
  ["a column's place", `select name, id, share from (${base})`],
];

for (const [what, select] of changes) {
  test(`${what} counts`, async () => {
    assert.notEqual((await contentOf(select)).contentHash, (await contentOf(base)).contentHash);
  });
}

test("an empty table has a content too", async () => {
  assert.deepEqual(await contentOf(`${base} limit 0`), await contentOf(`select * from (${base}) where false`));
});

test("the content of a table is put together from its partitions, also after rows were replaced, by any column", async () => {
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run("attach ':memory:' as warehouse");
    await connection.run("use warehouse");
    await connection.run(
      "create table t as select range as id, if(range % 7 = 0, null, range % 3) as part, range % 5 = 0 as fifth, range / 3 as x from range(1000)",
    );
    const shape = await describeRelation(connection, { schema: "main", name: "t" });
    const read = (where: string): Promise<ContentsByColumn> =>
      readContents(connection, { relation: "t", columns: ["part", "fifth"], where }, shape);
    const before = await read("true");
    assert.deepEqual(Object.keys(before["part"] ?? {}), ["", "=0", "=1", "=2"]);
    assert.deepEqual(Object.keys(before["fifth"] ?? {}), ["=false", "=true"]);
    const hash = await hashTable(connection, "t", shape);
    for (const by of Object.values(before)) assert.deepEqual(combinePartitions(by, shape), hash);

    const removed = await read("part = 1");
    await connection.run("delete from t where part = 1 and fifth");
    await connection.run("update t set x = x + 1 where part = 1");
    const after = replaceRows(before, { removed, added: await read("part = 1") });
    assert.deepEqual(after, await read("true"));
    assert.notDeepEqual(await hashTable(connection, "t", shape), hash);

    const all = await read("true");
    await connection.run("delete from t");
    const none = replaceRows(all, { removed: all, added: {} });
    assert.deepEqual(none, { part: {}, fifth: {} });
    assert.deepEqual(combinePartitions({}, shape), await hashTable(connection, "t", shape));
  });
});
