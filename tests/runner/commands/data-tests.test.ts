import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { judgeFailures } from "../../../runner/data-tests/judge-failures.ts";
import { compileError } from "../../support/compile-error.ts";
import { testSettings } from "../../support/test-settings.ts";
import { scratchProject } from "../../support/tonearm.ts";

/** Ten numbers, of which 8, 9 and 10 are too many, five are even; 3 has no label. */
const numbers = `/*---
description: Numbers.
columns:
  - name: number
    description: A number.
    data_tests:
      - range: { max: 7, error_if: "> 3" }
      - range: { arguments: { max: 6 }, config: { warn_if: "> 4", error_if: "> 5" } }
      - range: { max: 7, where: "number % 2 = 0 and number < 10", warn_if: "= 0", severity: warn }
      - at_most_every: { step: 2, limit: 2, severity: warn, store_failures: true }
      - one_of: { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], names: ["it's", other] }
  - name: label
    description: Its name.
    data_tests: [not_null: { where: "number != 3" }]
data_tests:
  - has_rows: { of: numbers }
---*/
select range as number, case when range = 3 then null else 'n' || range end as label from range(1, 11)
`;
const files = {
  "project.yml": "name: small\nvars: { timezone: UTC }\nmodels:\n  silver: { schema: silver }\n",
  "models/silver/numbers.sql": numbers,
  "models/silver/others.sql": "select 1 as other\n",
  "models/macros/multiples.hbs": "{{id column}} % {{step}} = 0",
  "tests/generic/at_most_every.sql": "select * from {{model}}\nwhere {{> multiples column=column step=step}}\n",
  "tests/generic/one_of.sql":
    "/*---\ndescription: One of some.\n---*/\nselect {{id column}} from {{model}} where {{column}} not in ({{lit values}}) or {{column}}::text in ({{lit names}})\n",
  "tests/generic/has_rows.sql":
    "select '{{of}}' as relation where not exists (from {{model}}) or not exists (from {{ref 'others'}})\n",
  "tests/models/few_numbers.sql":
    "/*---\nwarn_if: '> 2'\nerror_if: '>= 10'\n---*/\nselect * from {{ref 'numbers'}} where number > 7\n",
};

test("data tests judge by severity, warn_if, error_if, where and limit, custom ones take arguments", async (t) => {
  const project = await scratchProject(t, files);
  const built = await project.run("build");
  assert.equal(built.code, 0, `${built.stdout}${built.stderr}`);
  const warnings = built.stdout.split("\n").flatMap((line) => /WARN (\S+ .*)/.exec(line)?.[1] ?? []);
  assert.deepEqual(warnings, [
    // Not more than three, but more than none.
    "models/silver/numbers.sql:7:9 data test range_numbers_number warns of 3 rows",
    // Two multiples of two are looked at, of five.
    "models/silver/numbers.sql:10:9 data test at_most_every_numbers_number warns of at least 2 rows",
    // 8, 9, 10: more than two, fewer than ten.
    "tests/models/few_numbers.sql:1:1 data test few_numbers warns of 3 rows",
  ]);
  assert.match(built.stdout, /PASS=\d+ WARN=3 ERROR=0/);
  const kept = join(project.root, "target/failures/numbers");
  assert.deepEqual((await readdir(kept)).toSorted(), [
    "at_most_every_numbers_number.csv",
    "at_most_every_numbers_number.sql",
  ]);
  assert.equal(await readFile(join(kept, "at_most_every_numbers_number.csv"), "utf8"), "number,label\n2,n2\n4,n4\n");

  const tested = await project.run("test");
  assert.equal(tested.code, 0, tested.stdout);
  assert.match(tested.stdout, /^Done\. PASS=5 WARN=3 FAIL=0 ERROR=0 SKIP=0 TOTAL=8$/m);
  const generic = await project.run("test", "--select", "test_name:at_most_every test_name:has_rows");
  assert.match(generic.stdout, /^PASS has_rows_numbers$[^]*TOTAL=2$/m);

  // On the release as it stands: it is not built again by a stricter test.
  await project.write({
    "models/silver/numbers.sql": numbers.replace('error_if: "> 3"', 'error_if: "> 2"'),
    "models/silver/late.sql": "/*---\ncolumns:\n  - { name: a, data_tests: [unique] }\n---*/\nselect 1 as a\n",
  });
  const strict = await project.run("test", "--select", "numbers late");
  assert.equal(strict.code, 1);
  assert.match(
    strict.stdout,
    /^FAIL range_numbers_number\n {4}models\/silver\/numbers.sql:7:9 data test range_numbers_number fails on 3 rows$/m,
  );
  assert.match(strict.stdout, /^SKIP unique_late_a\n {4}silver.late has not been built yet$/m);
  assert.match(strict.stdout, /FAIL=1 ERROR=0 SKIP=1 TOTAL=9$/m);
  const failed = await project.run("list", "--select", "result:fail result:warn");
  assert.deepEqual(failed.stdout.match(/^\S+(?= +test )/gm), [
    "range_numbers_number",
    "at_most_every_numbers_number",
    "few_numbers",
  ]);

  // Before any data: where it is declared, where its template has it, and the macro that this calls.
  await project.write({
    "tests/generic/at_most_every.sql":
      "select * from {{model}}\nwhere {{> multiples column='nubmer' step=step}} and {{column}} > {{step}}\n",
  });
  const mistaken = await project.run("test");
  assert.equal(mistaken.code, 2);
  assert.match(
    mistaken.stderr,
    /^models\/silver\/numbers.sql:10:9 Referenced column "nubmer" not found[^]*in macro tests\/generic\/at_most_every.sql:2:7\nin macro models\/macros\/multiples.hbs:1:1\ndid you mean 'number'\?$/m,
  );
});

const judged: readonly [severity: "error" | "warn", warnIf: string, errorIf: string, outcomes: string][] = [
  // Of 0, 1, 5 and 10 failures; dbt-core's own rules.
  ["error", "", "", "pass fail fail fail"],
  ["warn", "", "", "pass warn warn warn"],
  ["error", "> 0", "> 5", "pass warn warn fail"],
  ["error", ">= 5", ">= 10", "pass pass warn fail"],
  ["error", "> 5", "> 1", "pass pass fail fail"],
  ["warn", "> 5", "> 1", "pass pass pass warn"],
  ["error", "= 0", "!= 0", "warn fail fail fail"],
  ["error", "< 5", "<= 0", "fail warn pass pass"],
];

for (const [severity, warnIf, errorIf, outcomes] of judged) {
  test(`severity ${severity}, warn_if '${warnIf}', error_if '${errorIf}' give ${outcomes} for 0, 1, 5, 10 failures`, () => {
    const threshold = (text: string) => {
      const [operator = "", count = ""] = text.split(" ");
      const known = (["=", "!=", "<", "<=", ">", ">="] as const).find((it) => it === operator);
      return known === undefined ? null : { operator: known, count: Number(count) };
    };
    const settings = testSettings({ severity, warnIf: threshold(warnIf), errorIf: threshold(errorIf) });
    assert.equal([0, 1, 5, 10].map((failures) => judgeFailures(settings, failures)).join(" "), outcomes);
  });
}

const model = (tests: string): Readonly<Record<string, string>> => ({
  "models/silver/it.sql": `/*---\ncolumns:\n  - name: play_id\n    data_tests:\n      - ${tests}\n---*/\nselect play_id from {{ref 'plays'}}\n`,
  "tests/generic/at_most.sql": "select {{column}} from {{model}} where {{column}} > {{most}}\n",
});

const mistakes: readonly [what: string, files: Readonly<Record<string, string>>, message: RegExp][] = [
  [
    "an unknown name",
    model("at_msot: { most: 3 }"),
    /^models\/silver\/it.sql:5:9 unknown data test 'at_msot'\n[^]*did you mean 'at_most'\?$/,
  ],
  [
    "a missing argument",
    model("at_most"),
    /it.sql:5:9 data test 'at_most' misses most\n[^]*tests\/generic\/at_most.sql takes most$/,
  ],
  [
    "an argument too many",
    model("at_most: { most: 1, last: 2 }"),
    /it.sql:5:9 data test 'at_most' has no argument 'last'/,
  ],
  [
    "a threshold that is none",
    model("unique: { error_if: many }"),
    /it.sql:5:\d+ .*a comparison with a number of failures, e\.g\. '> 10'/,
  ],
  ["no limit", model("unique: { limit: 0 }"), /it.sql:5:\d+ /],
  [
    "SQL that cannot be parsed",
    {
      ...model("at_most: { most: 3 }"),
      "tests/generic/at_most.sql": "select {{column}} frmo {{model}} where {{most}} > 1 2\n",
    },
    /^models\/silver\/it.sql:5:9 syntax error[^]*in macro tests\/generic\/at_most.sql:1:\d+/,
  ],
  [
    "a name that its template does not know",
    { ...model("unique"), "tests/generic/at_most.sql": "select * from {{ref 'palys'}}, {{model}}\n" },
    /^tests\/generic\/at_most.sql:1:21 ref 'palys' names no model or seed[^]*did you mean 'plays'/,
  ],
];

for (const [what, changed, message] of mistakes) {
  test(`a data test with ${what} is told at its line`, async () => {
    assert.match(await compileError(changed), message);
  });
}
