import assert from "node:assert/strict";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "models/silver/numbers.sql":
    "select 7 as plays, cast(2 as bigint) as days, 0.5 as share, cast(0.5 as decimal(4, 2)) as price, cast(3 as double) as ms\n",
  "models/macros/each_day.hbs": "{{of}} / days\n",
  "models/macros/half.hbs": "{{#if (dialect 'trino')}}{{of}} / 2e0{{else}}{{of}} / 2{{/if}}\n",
  "models/silver/daily.sql":
    "/*---\ndescription: Daily.\nmaterialized: ephemeral\n---*/\nselect plays / days as a_day from {{ref 'numbers'}}\n",
  "models/gold/rates.sql": `select
    'ä' as letter,
    plays / days as whole,
    sum(price) over () / plays as decimal,
    {{> each_day of='plays'}} as by_macro,
    {{> half of='plays'}} as half,
    cast(plays as double) / days as real,
    100e0 * plays / days as percentage,
    ms / plays as of_doubles,
    cast(ms as integer) / plays as cast_to_whole,
    interval '1' day / 2 as half_a_day

from {{ref 'numbers'}}

cross join {{ref 'daily'}}
`,
};

test("lint names dates that are counted with, which Trino adds no numbers to and gives intervals between", async (t) => {
  const project = await scratchProject(t, {
    "models/silver/days.sql":
      "select date '2026-01-31' as day, cast(3 as bigint) as n, timestamp '2026-01-01' as moment\n",
    "models/gold/spans.sql": `select
    day - cast(n as integer) as before,
    day - date '2026-01-01' as days,
    day - interval '28' day as portable,
    n - 1 as number,
    extract(day from date_trunc('day', moment) - date_trunc('day', moment)) as difference

from {{ref 'days'}}
`,
  });
  const { stdout } = await project.run("lint");
  assert.equal(
    stdout,
    `models/gold/spans.sql:2:9 a date with a number of days is not in Trino; write interval '30' day, or interval '1' day * n
models/gold/spans.sql:3:9 - of dates gives other rows on Trino; write extract(day from date_trunc('day', a) - date_trunc('day', b)): Trino gives an interval
1 of 2 models would run on Trino.
`,
  );
});

test("lint names each division of whole numbers or decimals where it is written, and no other", async (t) => {
  const project = await scratchProject(t, files);
  const why =
    "/ of whole numbers or decimals gives other rows on Trino; write cast(… as double) on one side: " +
    "Trino gives whole numbers again, or as many decimals as there were";
  const common = [
    `models/silver/daily.sql:5:14 ${why}`,
    `models/gold/rates.sql:3:11 ${why}`,
    `models/gold/rates.sql:4:24 ${why}`,
    `models/macros/each_day.hbs:1:8 ${why}`,
  ];
  const last = `models/gold/rates.sql:10:25 ${why}`;
  const trino = await project.run("lint");
  assert.equal(trino.stdout, [...common, last, "1 of 3 models would run on Trino.", ""].join("\n"));
  const duckdb = await project.run("lint", "--dialect", "duckdb", "--select", "rates");
  const half = `models/macros/half.hbs:1:53 ${why}`;
  assert.deepEqual(duckdb.stdout.split("\n").slice(0, -2).toSorted(), [...common, half, last].toSorted());
});
