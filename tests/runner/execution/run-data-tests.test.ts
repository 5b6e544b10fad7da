import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import * as z from "zod";

import { scratchProject } from "../../support/tonearm.ts";

const testSchema = z.object({
  name: z.string(),
  status: z.string(),
  failures: z.number().nullable(),
  message: z.string().nullable(),
});
const resultsSchema = z.object({ results: z.array(z.object({ relation: z.string(), tests: z.array(testSchema) })) });

const model = (name: string, tests: string): string => `/*---
description: ${name}.
columns:
  - name: number
    description: A number.
    data_tests: [not_null, unique, range: {min: 0, severity: warn}]
  - name: label
    description: A word.
    data_tests: [not_null]
data_tests:
${tests}
---*/

select number, label from (values (1, '1'), (-2, 'two'), (-3, 'three')) as given(number, label)
`;

test("among many tests of one relation each is told of by itself: passed, warned, failed, or broken at its own line", async (context) => {
  const castable = "  - expression: {expression: cast(label as integer) < 5}";
  const project = await scratchProject(context, {
    "project.yml": "name: small\nvars: { timezone: UTC }\nmodels:\n  gold: { schema: gold }\n",
    "models/gold/counted.sql": model("counted", "  - row_count: {min: 4}\n  - unique: {columns: [number, label]}"),
    "models/gold/uncastable.sql": model("uncastable", `  - row_count: {min: 3}\n${castable}`),
    "models/gold/doubly.sql": model("doubly", `  - row_count: {min: 4}\n${castable}`),
    "models/gold/fine.sql": model("fine", "  - row_count: {min: 3}\n  - unique: {columns: [number, label]}"),
  });
  const { code, stdout } = await project.run("build");
  assert.equal(code, 1, stdout);
  const text = await readFile(join(project.root, "target/run_results.json"), "utf8");
  const { results } = resultsSchema.parse(JSON.parse(text));
  const testsOf = (name: string): readonly z.infer<typeof testSchema>[] =>
    results.find(({ relation }) => relation === `gold.${name}`)?.tests ?? [];
  const told = (name: string): readonly string[] =>
    testsOf(name).map((one) => `${one.status} ${one.failures} ${one.name.replace(`_${name}`, "")}`);
  const ofColumns = ["pass 0 not_null_number", "pass 0 unique_number", "warn 2 range_number", "pass 0 not_null_label"];
  assert.deepEqual(told("fine"), [...ofColumns, "pass 0 row_count", "pass 0 unique_number_label"]);
  assert.deepEqual(told("counted"), [...ofColumns, "fail 1 row_count", "pass 0 unique_number_label"]);
  assert.deepEqual(told("uncastable"), [...ofColumns, "pass 0 row_count", "error null expression"]);
  assert.deepEqual(told("doubly"), [...ofColumns, "fail 1 row_count", "error null expression"]);

  const message = (name: string, status: string): string =>
    testsOf(name).find((one) => one.status === status)?.message ?? "";
  assert.match(message("uncastable", "error"), /^models\/gold\/uncastable\.sql:12:5 .*cannot run: Could not convert/);
  assert.match(message("doubly", "fail"), /^models\/gold\/doubly\.sql:11:5 .*fails on 1 row/);
  // Its rows are kept although the test after it ended the transaction.
  const sample = join(project.root, "target/failures/doubly/row_count_doubly.csv");
  assert.equal(await readFile(sample, "utf8"), "row_count\n3\n");
});
