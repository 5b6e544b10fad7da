import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

const model = (rows: string): string => `/*---
description: Numbers.
columns:
  - name: number
    description: A number.
    data_tests: [not_null, unique, range: {min: 0, severity: warn}]
---*/

select number, label from (values ${rows}) as given(number, label)
`;

test("rows that fail a data test are kept beside its SQL, for the owner alone, until the node passes", async (context) => {
  const many = Array.from({ length: 150 }, () => "(7, 'seven')").join(", ");
  const project = await scratchProject(context, {
    "project.yml": "name: small\nvars: { timezone: UTC }\nmodels:\n  gold: { schema: gold }\n",
    "models/gold/numbers.sql": model("(1, 'one'), (null, 'none, \"planted\"'), (-1, 'less')"),
    "models/gold/others.sql": model("(1, 'one')"),
    "tests/models/no_sevens.sql": `/*---
description: No number is seven.
---*/
select * from {{ref 'others'}} where number = 7
`,
  });
  const failures = join(project.root, "target/failures");
  const { code, stdout, stderr } = await project.run("build");
  assert.equal(code, 1, `${stdout}${stderr}`);
  assert.doesNotMatch(stdout, /planted/);
  // The warning of -1 is no failure.
  assert.deepEqual(await readdir(failures), ["numbers"]);
  assert.deepEqual((await readdir(join(failures, "numbers"))).toSorted(), [
    "inputs",
    "not_null_numbers_number.csv",
    "not_null_numbers_number.sql",
    "replay.json",
    "replay.sql",
  ]);
  const csv = join(failures, "numbers/not_null_numbers_number.csv");
  assert.equal(await readFile(csv, "utf8"), 'number,label\n,"none, ""planted"""\n');
  assert.match(await readFile(csv.replace(/csv$/, "sql"), "utf8"), /from gold\.numbers where "number" is null/);
  const modes = [failures, join(failures, "numbers"), csv, csv.replace(/csv$/, "sql")].map(async (path) =>
    ((await stat(path)).mode & 0o777).toString(8),
  );
  assert.deepEqual(await Promise.all(modes), ["700", "700", "600", "600"]);

  await project.write({ "models/gold/numbers.sql": model("(1, 'one')"), "models/gold/others.sql": model(many) });
  assert.equal((await project.run("build")).code, 1);
  assert.deepEqual(await readdir(failures), ["others"]);
  const sevens = (await readFile(join(failures, "others/no_sevens.csv"), "utf8")).trim().split("\n");
  assert.equal(sevens.length, 1 + 100, "a sample");
  assert.equal(
    (await readFile(join(failures, "others/unique_others_number.csv"), "utf8")).trim(),
    "number,row_count\n7,150",
  );

  // A model that cannot be built any more has no rows that fail.
  await project.write({
    "models/gold/others.sql": model("(1, 'one')").replace("select", "select error('broken') as broken,"),
  });
  assert.equal((await project.run("build")).code, 1);
  assert.deepEqual(await readdir(failures), []);
});
