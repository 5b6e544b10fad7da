import assert from "node:assert/strict";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

/** Only silver: a folder default without a model is a mistake. */
const projectYaml = "name: small\nvars: { timezone: UTC }\nmodels: { silver: { schema: silver, critical: true } }\n";
const seedYaml = `description: Events.
columns:
  - { name: event_id, data_type: INTEGER, description: Key. }
  - { name: amount, data_type: INTEGER, description: Amount. }
`;
const csv = (...rows: readonly (readonly [number, number])[]): string =>
  ["event_id,amount", ...rows.map((row) => row.join(","))].join("\n") + "\n";
const model = (config: string, select = "select event_id, amount"): string => `/*---
description: Events kept.
materialized: incremental
${config}
---*/
${select} from {{ref 'events'}}
{{#if (is_incremental)}}
where event_id > 1
{{/if}}
`;
const rows = "select event_id, amount from silver.kept order by event_id, amount";

test("delete+insert replaces rows of the same key and keeps the others", async (t) => {
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.csv": csv([1, 10], [2, 20]),
    "seeds/events.yml": seedYaml,
    "models/silver/kept.sql": model("unique_key: event_id"),
  });
  assert.equal((await project.run("build")).code, 0);
  await project.write({ "seeds/events.csv": csv([1, 11], [2, 22], [3, 30]) });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query(rows), [
    { event_id: 1, amount: 10 },
    { event_id: 2, amount: 22 },
    { event_id: 3, amount: 30 },
  ]);
  assert.equal((await project.run("build", "--full-refresh")).code, 0);
  assert.deepEqual(await project.query(rows), [
    { event_id: 1, amount: 11 },
    { event_id: 2, amount: 22 },
    { event_id: 3, amount: 30 },
  ]);
});

test("append adds the incoming rows to what is there", async (t) => {
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.csv": csv([1, 10], [2, 20]),
    "seeds/events.yml": seedYaml,
    "models/silver/kept.sql": model("incremental_strategy: append"),
  });
  await project.run("build");
  await project.write({ "seeds/events.csv": csv([1, 11], [3, 30]) });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query(rows), [
    { event_id: 1, amount: 10 },
    { event_id: 2, amount: 20 },
    { event_id: 3, amount: 30 },
  ]);
});

test("two incoming rows with one unique_key are an error and change nothing", async (t) => {
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.csv": csv([1, 10], [2, 20]),
    "seeds/events.yml": seedYaml,
    "models/silver/kept.sql": model("unique_key: event_id"),
  });
  await project.run("build");
  await project.write({ "seeds/events.csv": csv([2, 21], [2, 22]) });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1);
  assert.match(
    stdout,
    /models\/silver\/kept\.sql:1:1 unique_key \(event_id\): 1 key stands in more than one incoming row/,
  );
  assert.deepEqual(await project.query(rows), [
    { event_id: 1, amount: 10 },
    { event_id: 2, amount: 20 },
  ]);
});

test("merge updates rows of the same key, null keys too, and adds the others", async (t) => {
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.csv": "event_id,amount\n1,10\n2,20\n,5\n",
    "seeds/events.yml": seedYaml,
    "models/silver/kept.sql": `/*---
materialized: incremental
incremental_strategy: merge
unique_key: event_id
---*/
select event_id, amount from {{ref 'events'}}
`,
  });
  assert.equal((await project.run("build")).code, 0);
  await project.write({ "seeds/events.csv": "event_id,amount\n2,22\n3,30\n,6\n" });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query(rows), [
    { event_id: 1, amount: 10 },
    { event_id: 2, amount: 22 },
    { event_id: 3, amount: 30 },
    { event_id: null, amount: 6 },
  ]);
  await project.write({ "seeds/events.csv": csv([4, 1], [4, 2]) });
  assert.match(
    (await project.run("build")).stdout,
    /unique_key \(event_id\): 1 key stands in more than one incoming row/,
  );
});

const changedSelect = "select event_id, amount::bigint as amount, 'new' as note";
const schemaChanges: readonly (readonly [change: string, rows: readonly object[], columns: string])[] = [
  [
    "ignore",
    [
      { event_id: 1, amount: 10, extra: 1 },
      { event_id: 2, amount: 20, extra: null },
    ],
    "event_id INTEGER, amount INTEGER, extra INTEGER",
  ],
  [
    "append_new_columns",
    [
      { event_id: 1, amount: 10, extra: 1, note: null },
      { event_id: 2, amount: 20, extra: null, note: "new" },
    ],
    "event_id INTEGER, amount INTEGER, extra INTEGER, note VARCHAR",
  ],
  [
    "sync_all_columns",
    [
      { event_id: 1, amount: 10, note: null },
      { event_id: 2, amount: 20, note: "new" },
    ],
    "event_id INTEGER, amount BIGINT, note VARCHAR",
  ],
];

test("on_schema_change keeps, adds or follows columns that changed", async (t) => {
  const config = (change: string): string => `unique_key: event_id\non_schema_change: ${change}`;
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.csv": csv([1, 10], [2, 20]),
    "seeds/events.yml": seedYaml,
  });
  const models = (select: string): Readonly<Record<string, string>> =>
    Object.fromEntries(schemaChanges.map(([change]) => [`models/silver/${change}.sql`, model(config(change), select)]));
  await project.write(models("select event_id, amount, 1 as extra"));
  assert.equal((await project.run("build")).code, 0);
  await project.write(models(changedSelect));
  const { code, stdout } = await project.run("build");
  assert.equal(code, 0, stdout);
  for (const [change, expected, columns] of schemaChanges) {
    assert.deepEqual(await project.query(`select * from silver.${change} order by event_id`), expected, change);
    const [row] = await project.query(
      `select string_agg(column_name || ' ' || data_type, ', ' order by column_index) as columns from duckdb_columns() where table_name = '${change}'`,
    );
    assert.equal(row?.["columns"], columns, change);
  }
});

test("columns that changed are an error with the difference and the command that mends it", async (t) => {
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.csv": csv([1, 10], [2, 20]),
    "seeds/events.yml": seedYaml,
    "models/silver/kept.sql": model("unique_key: event_id"),
  });
  await project.run("build");
  await project.write({
    "models/silver/kept.sql": model("unique_key: event_id", "select event_id, amount::bigint as sum"),
  });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1);
  assert.match(
    stdout,
    /columns changed \(\+ sum BIGINT, - amount INTEGER\); rebuild with: build-models -- --select kept --full-refresh, or set on_schema_change/,
  );
  assert.equal((await project.run("build", "--select", "kept", "--full-refresh")).code, 0);
  assert.deepEqual(await project.query("select event_id, sum from silver.kept order by 1"), [
    { event_id: 1, sum: 10 },
    { event_id: 2, sum: 20 },
  ]);
});
