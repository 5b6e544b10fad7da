import assert from "node:assert/strict";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "models/silver/numbers.sql": "select unnest([1, 2, 3]) as number, 'x' as label\n",
  "models/gold/one.sql": "select 1 as one\n",
  "models/macros/twice.hbs": "2 *\n    {{of}}",
};

test("SQL on the command line is a model for once: its rows, and its mistakes at their places", async (t) => {
  const project = await scratchProject(t, files);
  const inline = (sql: string): ReturnType<typeof project.run> => project.run("show", "--inline", sql);
  const unbuilt = await inline("select * from {{ref 'numbers'}}");
  assert.match(unbuilt.stderr, /silver\.numbers has not been built yet/);
  assert.equal((await project.run("build")).code, 0);

  const shown = await inline(
    "select number, {{> twice of='number'}} as doubled from {{ref 'numbers'}} order by 1 desc",
  );
  assert.equal(shown.code, 0, shown.stderr);
  assert.equal(
    shown.stdout.trimEnd(),
    ["number  doubled", "──────  ───────", "     3        6", "     2        4", "     1        2"].join("\n"),
  );

  const mistakes: readonly (readonly [sql: string, code: number, printed: readonly string[]])[] = [
    [
      "select {{> twise of='number'}}",
      2,
      [
        "--inline:1:12 unknown macro 'twise'",
        "",
        "1 | select {{> twise of='number'}}",
        "               ^",
        "",
        "did you mean 'twice'?",
      ],
    ],
    [
      "select number\nfromm {{ref 'numbers'}}",
      2,
      ['--inline:2:7 syntax error at or near "silver"', "", "2 | fromm {{ref 'numbers'}}", "          ^"],
    ],
    [
      "select 1 as one,\n  {{> twice of='numbr'}}\nfrom {{ref 'numbers'}}",
      2,
      [
        '--inline:2:3 Referenced column "numbr" not found in FROM clause!',
        "",
        "2 |   {{> twice of='numbr'}}",
        "      ^",
        "",
        "in macro models/macros/twice.hbs:2:5",
        "did you mean 'number'?",
      ],
    ],
    [
      "select cast(label as integer) as n from {{ref 'numbers'}}",
      1,
      [
        "--inline:1:8 Could not convert string 'x' to INT32 when casting from source column label",
        "",
        "1 | select cast(label as integer) as n from {{ref 'numbers'}}",
        "           ^",
      ],
    ],
    [
      "select\n  {{> twice of='number'}} + 2147483647 as n\nfrom {{ref 'numbers'}} where number < 3",
      1,
      [
        "--inline:2:27 Overflow in addition of INT32 (2 + 2147483647)!",
        "",
        "2 |   {{> twice of='number'}} + 2147483647 as n",
        "                              ^",
      ],
    ],
  ];
  for (const [sql, code, printed] of mistakes) {
    const outcome = await inline(sql);
    assert.equal(outcome.stderr.trimEnd(), printed.join("\n"));
    assert.equal(outcome.code, code);
  }
});
