import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "project.yml": `name: small
vars: { timezone: UTC, limit_rows: 3 }
models: { silver: { schema: silver, critical: true } }
sources:
  - name: bronze
    tables:
      - name: raw_plays
        columns:
          - { name: play_id, data_type: INTEGER }
          - { name: track_id, data_type: VARCHAR }
          - { name: ended_at, data_type: TIMESTAMP }
          - { name: ms_played, data_type: BIGINT }
          - { name: tags, data_type: "VARCHAR[]" }
`,
  "seeds/tracks.csv": "track_id,title\na,Ann\nb,Bob\n",
  "seeds/tracks.yml":
    "description: Tracks.\ncolumns:\n  - { name: track_id, data_type: VARCHAR }\n  - { name: title, data_type: VARCHAR }\n",
  "models/silver/plays.sql": `/*---
columns:
  - name: play_id
    data_tests: [unique, not_null]
---*/
select play_id, track_id, ended_at, ms_played, len(tags) as tags
from {{source 'bronze.raw_plays'}}
where ms_played >= {{var 'limit_rows'}}
`,
  "models/silver/titled.sql": `/*---
materialized: incremental
unique_key: play_id
---*/
select plays.play_id, tracks.title, plays.ms_played / 1000 as seconds, {{run_date}} - plays.ended_at::date as days_ago
from {{ref 'plays'}} as plays
left join {{ref 'tracks'}} as tracks on plays.track_id = tracks.track_id
{{#if (is_incremental)}}
where plays.play_id > (select max(play_id) from {{this_relation}})
{{/if}}
`,
};

const passing = `unit_tests:
  - name: plays_shorter_than_the_limit_are_left_out
    description: The limit is a var.
    model: plays
    given:
      - input: source('bronze', 'raw_plays')
        rows:
          - { play_id: 1, ms_played: 2, track_id: a, ended_at: 2026-01-01 10:00:00, tags: [x, "y'z"] }
          - { play_id: 2, ms_played: 3, track_id: b, ended_at: null, tags: [] }
    expect:
      rows:
        - { play_id: 2, tags: 0 }
  - name: another_limit
    model: plays
    overrides: { vars: { limit_rows: 0 } }
    given:
      - input: bronze.raw_plays
        format: csv
        rows: |
          play_id,ms_played,track_id,ended_at,tags
          1,2,"a, or b",2026-01-01 10:00:00,"[x]"
    expect:
      format: csv
      rows: |
        play_id,track_id
        1,"a, or b"
  - name: titles_come_from_the_seed
    model: titled
    overrides: { run_date: 2026-01-31 }
    given:
      - input: ref('plays')
        format: sql
        rows: |
          select 1 as play_id, 'b' as track_id, timestamp '2026-01-01 10:00:00' as ended_at, 1500 as ms_played
    expect:
      rows:
        - { play_id: 1, title: Bob, seconds: 1.5, days_ago: 30 }
  - name: only_newer_plays_come_in
    model: titled
    overrides: { is_incremental: true }
    given:
      - input: this
        rows: [{ play_id: 1 }]
      - input: plays
        rows:
          - { play_id: 1, track_id: a, ended_at: 2026-01-01 10:00:00, ms_played: 1 }
          - { play_id: 2, track_id: a, ended_at: 2026-01-01 10:00:00, ms_played: 1 }
    expect:
      rows: [{ play_id: 2, title: Ann }]
  - name: nothing_comes_of_nothing
    model: plays
    given: [{ input: bronze.raw_plays, rows: [] }]
    expect: { rows: [] }
`;

test("unit tests pass in all formats, with overrides, and touch no warehouse", async (t) => {
  const project = await scratchProject(t, { ...files, "tests/models/plays.yml": passing });
  const { code, stdout, stderr } = await project.run("test", "--select", "test_type:unit");
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(stdout.trim().split("\n").toSorted(), [
    "Done. PASS=5 WARN=0 FAIL=0 ERROR=0 SKIP=0 TOTAL=5",
    "PASS plays: another_limit",
    "PASS plays: nothing_comes_of_nothing",
    "PASS plays: plays_shorter_than_the_limit_are_left_out",
    "PASS titled: only_newer_plays_come_in",
    "PASS titled: titles_come_from_the_seed",
  ]);
  assert.equal(existsSync(project.dataDir), false);
  assert.match((await project.run("test", "--select", "titled,test_type:unit")).stdout, /TOTAL=2$/m);
});

const failing = (body: string): string => `unit_tests:\n  - name: it\n${body}`;
const given = "{ play_id: 1, ms_played: 5, track_id: a, ended_at: null, tags: [] }";

const mistakes: readonly (readonly [what: string, yaml: string, code: number, printed: RegExp])[] = [
  [
    "cells that differ are shown by key",
    failing(`    model: plays
    given: [{ input: bronze.raw_plays, rows: [${given}] }]
    expect: { rows: [{ play_id: 1, ms_played: 6, tags: 0 }, { play_id: 9, ms_played: 1, tags: 0 }] }
`),
    1,
    /^FAIL plays: it: .* 0 added, 1 removed, 1 changed$[^]*Removed\n +play_id\n +─+\n +9\n[^]*Changed\n +ms_played in 1\n +play_id +column +before +after\n[ ─]+\n +1 +ms_played +6 +5\n/m,
  ],
  [
    "a column that the model reads and the fixture lacks",
    failing(`    model: plays
    given: [{ input: bronze.raw_plays, rows: [{ play_id: 1, ms_played: 5, track_id: a, tags: [] }] }]
    expect: { rows: [{ play_id: 1 }] }
`),
    1,
    /^ERROR plays: it\n +tests\/models\/it\.yml:2 it: column 'ended_at' is read, but is not among the rows given for bronze\.raw_plays\n +models\/silver\/plays\.sql:6:27 /m,
  ],
  [
    "an input that is not given",
    failing(`    model: titled\n    expect: { rows: [{ play_id: 1 }] }\n`),
    1,
    /it\.yml:2:11 nothing is given for plays, which titled reads[^]*add to given: \{ input: plays, rows: \[\] \}/,
  ],
  [
    "an input that the model does not read",
    failing(`    model: plays\n    given: [{ input: raw_playz, rows: [] }]\n    expect: { rows: [] }\n`),
    1,
    /it\.yml:4:22 plays reads no 'raw_playz'\n[^]*it reads bronze\.raw_plays/,
  ],
  [
    "a misspelt column",
    failing(
      `    model: plays\n    given: [{ input: bronze.raw_plays, rows: [{ play_idd: 1 }] }]\n    expect: { rows: [] }\n`,
    ),
    1,
    /it\.yml:4:22 given bronze\.raw_plays: there is no column 'play_idd'\n[^]*did you mean 'play_id'\?/,
  ],
  [
    "a misspelt model, var and key",
    failing(`    model: playz\n    overrides: { vars: { limit_row: 1 } }\n    expects: { rows: [] }\n`),
    2,
    /it\.yml:5:5 unknown key 'expects'[^]*did you mean 'expect'\?/,
  ],
  [
    "a model that is not there",
    failing(`    model: playz\n    overrides: { vars: { limit_row: 1 } }\n    expect: { rows: [] }\n`),
    2,
    /it\.yml:3:12 'playz' names no model[^]*did you mean 'plays'\?[^]*it\.yml:4:26 unknown var 'limit_row'[^]*did you mean 'limit_rows'\?/,
  ],
];

test("what is wrong with a unit test is told at its place", async (t) => {
  const project = await scratchProject(t, files);
  for (const [what, yaml, code, printed] of mistakes) {
    await project.write({ "tests/models/it.yml": yaml });
    const outcome = await project.run("test", "--select", "test_type:unit");
    assert.equal(outcome.code, code, `${what}\n${outcome.stdout}${outcome.stderr}`);
    assert.match(outcome.stdout + outcome.stderr, printed, what);
  }
});

test("rows that cannot be made, and SQL that fails on them, are told at their places, and the other tests go on", async (t) => {
  const project = await scratchProject(t, {
    "project.yml": "name: small\nvars: { timezone: UTC }\nmodels: { gold: { schema: gold } }\n",
    "models/gold/a.sql": "select 1 as n\n",
    "models/gold/b.sql": "select n, n + 1 as m from {{ref 'a'}}\n",
    "tests/models/b.yml": `unit_tests:
  - name: no_number
    model: b
    given: [{ input: a, rows: [{ n: abc }] }]
    expect: { rows: [{ n: 1 }] }
  - name: no_sql
    model: b
    given: [{ input: a, format: sql, rows: "selec 1 as n" }]
    expect: { rows: [{ n: 1 }] }
  - name: too_large
    model: b
    given: [{ input: a, rows: [{ n: 2147483647 }] }]
    expect: { rows: [{ n: 1 }] }
  - name: nothing_such
    model: b
    given: [{ input: a, rows: [{ n: 1 }] }]
    expect: { rows: [{ n: x }] }
  - name: fine
    model: b
    given: [{ input: a, rows: [{ n: 1 }] }]
    expect: { rows: [{ n: 1, m: 2 }] }
`,
  });
  const { code, stdout } = await project.run("test");
  assert.equal(code, 1);
  const told = stdout.split("\n").filter((line) => /^(?:[A-Z]+ b:| {4}tests\/)/.test(line));
  assert.deepEqual(told, [
    "ERROR b: no_number",
    "    tests/models/b.yml:4:22 given a: Could not convert string 'abc' to INT32 when casting from source column n",
    "ERROR b: no_sql",
    '    tests/models/b.yml:8:22 given a: syntax error at or near "selec"',
    "ERROR b: too_large",
    "    tests/models/b.yml:10 too_large: models/gold/b.sql:1:13 Overflow in addition of INT32 (2147483647 + 1)!",
    "ERROR b: nothing_such",
    "    tests/models/b.yml:17:5 expect: Could not convert string 'x' to INT32 when casting from source column n",
    "PASS b: fine",
  ]);
});
