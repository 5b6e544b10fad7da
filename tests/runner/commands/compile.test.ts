import assert from "node:assert/strict";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

const days = (settings: string, columns: string): string => `/*---
description: Days.
materialized: incremental
unique_key: day
${settings}---*/
select ${columns} from {{ref 'numbers'}}
`;
const files = {
  "models/silver/numbers.sql": "select 1 as day, 2 as amount, 'x' as label\n",
  "models/gold/sums.sql": "select sum(amount)::bigint as total, max(label) as label from {{ref 'numbers'}}\n",
  "models/gold/days.sql": days("", "day, amount"),
  "models/gold/kept.sql": days("on_schema_change: ignore\n", "day, amount"),
};

test("compile tells which columns the published release has otherwise, and fails on those a build may not change", async (t) => {
  const project = await scratchProject(t, files);
  const before = await project.run("compile");
  assert.equal(before.stdout, "Compiled 4 models and 0 data tests into target/compiled.\n");
  assert.equal((await project.run("build")).code, 0);
  const same = await project.run("compile");
  assert.equal(same.stdout, before.stdout);

  await project.write({
    "models/gold/sums.sql": "select sum(amount)::double as total, count(*) as numbers from {{ref 'numbers'}}\n",
    "models/gold/kept.sql": days("on_schema_change: ignore\n", "day, amount, label"),
  });
  const changed = await project.run("compile");
  assert.equal(changed.code, 0);
  assert.equal(
    changed.stdout,
    `${before.stdout}Against release 1:
  gold.kept adds label VARCHAR
  gold.sums adds numbers BIGINT, drops label VARCHAR, changes total from BIGINT to DOUBLE
`,
  );

  await project.write({ "models/gold/days.sql": days("", "day, amount::double as amount") });
  const refused = await project.run("compile");
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /gold\.days changes amount from INTEGER to DOUBLE/);
  assert.equal(
    refused.stderr.trim(),
    "models/gold/days.sql columns changed (amount is now DOUBLE); rebuild with: build-models -- --select days --full-refresh, or set on_schema_change",
  );
});
