import assert from "node:assert/strict";
import { test } from "node:test";

import { findUnportable } from "../../../runner/compile/find-unportable.ts";

/** What is found in a statement: `kind construct`, in the order in which it stands there. */
const found = (sql: string): readonly string[] =>
  findUnportable(sql).map(({ kind, construct }) => `${kind} ${construct}`);

/** Seen on Trino 476 to give the same rows as on DuckDB. */
const portable = [
  "select date_trunc('month', played_at) as m, max_by(a, b) as c from t group by 1",
  "select array_agg(distinct a order by a) from t where played_at > timestamp '2026-01-01' - interval '30' day",
  "select x from t cross join unnest(a) as u (x)",
  "select extract(year from d), cast(a as double) / b, floor(x / 3.0), corr(x, y), regr_slope(y, x) from t",
  "select try_cast(a as integer), least(a, b), a || b, list[1], count(*) filter (where a > 1) from t",
  "select lower(to_hex(md5(to_utf8(a)))) as key, json_extract_scalar(b, '$.c') as c from t",
  "select sum(a) over (partition by b order by c rows between 3 preceding and current row) from t",
];

for (const sql of portable) test(`nothing is found in ${sql}`, () => assert.deepEqual(findUnportable(sql), []));

const unportable: readonly (readonly [sql: string, ...found: readonly string[]])[] = [
  ["select a::date from t group by all", "fails ::", "fails group by all"],
  ["select * exclude (a) from t qualify row_number() over () = 1", "fails * exclude", "fails qualify"],
  ["select median(a), quantile_cont(a, 0.5), mode(b) from t", "fails median", "fails quantile_cont", "fails mode"],
  ["select count(*) filter (a > 1), b & 1 from t", "fails filter", "fails &"],
  ["select date_diff('minute', a, b) from t", "silent date_diff"],
  ["select extract(dow from a), extract(isodow from a) from t", "silent extract (dow", "fails extract (isodow"],
  ["select date_part('dow', a) from t", "fails date_part"],
  ["select sum(a) filter (where (b > 1)) over (order by c) from t", "fails filter (where (b > 1)) over"],
  ["select cast(sum(a) as double) over (order by b) from t", "fails as double) over"],
  ["select unnest([1, 2]) as n", "fails unnest", "fails ["],
  ["select arg_max(a, b), md5(c), a + interval 1 day from t", "fails arg_max", "fails md5", "fails interval 1"],
  ["from a asof join b using (x) union all by name select 1", "fails asof", "fails by name"],
];

for (const [sql, ...expected] of unportable) {
  test(`in ${sql} is found ${expected.join(", ")}`, () => {
    assert.deepEqual(
      found(sql).map((text) => text.replace("extract(", "extract (")),
      expected,
    );
  });
}

test("places are those of the text, and strings, quoted names and comments are left alone", () => {
  const sql = `select 'a::b, median(x)' as "group by all", -- qualify\n  /* asof */ x::date from t`;
  assert.deepEqual(
    findUnportable(sql).map(({ offset }) => sql.slice(offset, offset + 6)),
    ["::date"],
  );
});
