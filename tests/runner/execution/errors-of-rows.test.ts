import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { z } from "zod";

import { scratchProject } from "../../support/tonearm.ts";

const resultsSchema = z.object({
  results: z.array(
    z.object({
      relation: z.string(),
      message: z.string().nullable(),
      tests: z.array(z.object({ name: z.string(), status: z.string(), message: z.string().nullable() })),
    }),
  ),
});

/** A model of gold that its rows make fail, and all that a person reads of it. */
const failing: Readonly<Record<string, { readonly sql: string; readonly printed: readonly string[] }>> = {
  an_overflow_in_a_loop: {
    sql: "select\n    {{#each (list 'number' 'other') as |column|}}\n    {{column}} + 2147483647 as {{column}}_more,\n    {{/each}}\n    'ä' as word\nfrom {{ref 'numbers'}}\n",
    printed: [
      "models/gold/an_overflow_in_a_loop.sql:3:16 Overflow in addition of INT32 (1 + 2147483647)!",
      "",
      "3 |     {{column}} + 2147483647 as {{column}}_more,",
      "                   ^",
    ],
  },
  a_root_in_a_macro: {
    sql: "/*---\ndescription: Größe.\n---*/\nwith\n\nnumbers as (\n\n    select sqrt(number) as root, number from {{ref 'numbers'}}\n\n),\n\nroots as (\n\n    select {{> root of='number'}} as root from numbers where sqrt(root) >= 1\n\n)\n\nselect abs(root) + 1 as more from roots\n",
    printed: [
      "models/gold/a_root_in_a_macro.sql:14:12 cannot take square root of a negative number",
      "",
      "14 |     select {{> root of='number'}} as root from numbers where sqrt(root) >= 1",
      "                ^",
      "",
      "in macro models/macros/root.hbs:2:5",
    ],
  },
  several_rows_in_a_subquery: {
    sql: "select\n    number,\n    (select label from {{ref 'numbers'}}) as label\nfrom {{ref 'numbers'}}\n",
    printed: [
      "models/gold/several_rows_in_a_subquery.sql:3:5 More than one row returned by a subquery used as an expression - scalar subqueries can only return a single row.",
      "",
      'Use "SET scalar_subquery_error_on_multiple_rows=false" to revert to previous behavior of returning a random row.',
      "",
      "3 |     (select label from {{ref 'numbers'}}) as label",
      "        ^",
    ],
  },
  a_date_that_is_grouped_by_all: {
    sql: "select\n    make_date(2024, number * 12, 1) as day,\n    count(*) as rows\nfrom {{ref 'numbers'}}\ngroup by all\norder by abs(count(*))\n",
    printed: [
      "models/gold/a_date_that_is_grouped_by_all.sql:2:5 Date out of range: 2024-24-1",
      "",
      "2 |     make_date(2024, number * 12, 1) as day,",
      "        ^",
    ],
  },
  a_sum_of_an_aggregate: {
    sql: "with\n\nadded as (\n\n    select sum(number)::integer * 2147483647 as product from {{ref 'numbers'}}\n\n)\n\nselect * from added\n",
    printed: [
      "models/gold/a_sum_of_an_aggregate.sql:5:12 Overflow in multiplication of INT32 (3 * 2147483647)!",
      "",
      "5 |     select sum(number)::integer * 2147483647 as product from {{ref 'numbers'}}",
      "               ^",
      "",
      "somewhere in the SELECT that stands here",
    ],
  },
  a_list_that_grows: {
    sql: "/*---\nmaterialized: incremental\n---*/\nselect list_transform([number], lambda x: x << 62) as shifted from {{ref 'numbers'}}\n",
    printed: [
      "models/gold/a_list_that_grows.sql:4:45 Left-shift value 62 is out of range",
      "",
      "4 | select list_transform([number], lambda x: x << 62) as shifted from {{ref 'numbers'}}",
      "                                                ^",
    ],
  },
  a_cast_in_a_view: {
    sql: "select total_length from {{ref 'lengths'}}\n",
    printed: [
      "models/silver/lengths.sql:5:10 Could not convert string 'one' to INT32 when casting from source column label",
      "",
      "5 |     label::integer as total_length",
      "             ^",
      "",
      "seen when models/gold/a_cast_in_a_view.sql read it",
    ],
  },
};

const files = {
  "models/macros/root.hbs": "coalesce(\n    sqrt(-{{of}}), 0)",
  "models/silver/numbers.sql":
    "select number, number * 2 as other, label from (values (1, 'one'), (2, 'two')) as given (number, label)\n",
  "models/silver/lengths.sql":
    "/*---\nmaterialized: view\n---*/\nselect\n    label::integer as total_length\nfrom {{ref 'numbers'}}\n",
  "models/gold/tested.sql":
    "/*---\ncolumns:\n  - name: number\n    description: A number.\n    data_tests: [not_null, rooted, unique]\n---*/\nselect number from {{ref 'numbers'}}\n",
  "tests/generic/rooted.sql": "select {{column}} from {{model}}\nwhere sqrt({{column}} - 2) > 1\n",
  "tests/models/small_enough.sql":
    "with big as (select number + 2147483647 as more from {{ref 'tested'}})\nselect * from big where more > 5\n",
  ...Object.fromEntries(Object.entries(failing).map(([name, { sql }]) => [`models/gold/${name}.sql`, sql])),
};

test("what rows make fail is told at the place in the template that DuckDB does not give", async (t) => {
  const project = await scratchProject(t, files);
  const { code, stderr } = await project.run("build");
  assert.equal(code, 1, stderr);
  const text = await readFile(join(project.root, "target/run_results.json"), "utf8");
  const { results } = resultsSchema.parse(JSON.parse(text));
  for (const [name, { printed }] of Object.entries(failing)) {
    assert.equal(results.find(({ relation }) => relation === `gold.${name}`)?.message, printed.join("\n"));
  }
  const testsOf = (name: string): ReadonlyMap<string, string | null> =>
    new Map(
      (results.find(({ relation }) => relation === name)?.tests ?? []).map((one) => [
        `${one.status} ${one.name}`,
        one.message,
      ]),
    );
  assert.deepEqual(
    [...testsOf("gold.tested").keys()],
    ["pass not_null_tested_number", "error rooted_tested_number", "pass unique_tested_number", "error small_enough"],
  );
  assert.equal(
    testsOf("gold.tested").get("error rooted_tested_number"),
    [
      "models/gold/tested.sql:5:28 cannot take square root of a negative number",
      "",
      "5 |     data_tests: [not_null, rooted, unique]",
      "                               ^",
      "",
      "in macro tests/generic/rooted.sql:2:7",
    ].join("\n"),
  );
  assert.equal(
    testsOf("gold.tested").get("error small_enough"),
    [
      "tests/models/small_enough.sql:1:28 Overflow in addition of INT32 (1 + 2147483647)!",
      "",
      "1 | with big as (select number + 2147483647 as more from {{ref 'tested'}})",
      "                               ^",
    ].join("\n"),
  );
});
