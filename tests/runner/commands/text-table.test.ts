import assert from "node:assert/strict";
import { test } from "node:test";

import { alignTable, expandTable } from "../../../runner/commands/text-table.ts";

test("numbers stand right with equal decimals and thousands apart, texts left, null as a dash", () => {
  const rows = [
    ["Ann", 1234.5, -0.25, true, null],
    ["Bartholomew", 7, null, false, new Date("2024-05-06T07:08:09.123Z")],
  ];
  assert.deepEqual(alignTable(["name", "total", "change", "flag", "last_at"], rows), [
    "name           total  change  flag   last_at",
    "───────────  ───────  ──────  ─────  ───────────────────",
    "Ann          1,234.5   -0.25  true   –",
    "Bartholomew      7.0       –  false  2024-05-06 07:08:09",
  ]);
});

test("years are no numbers with thousands, and days have no time", () => {
  assert.deepEqual(alignTable(["listening_year", "date"], [[2024, new Date("2024-05-06")]]), [
    "listening_year  date",
    "──────────────  ──────────",
    "          2024  2024-05-06",
  ]);
});

test("a column of minutes is shown in hours when it is large, and what only mentions minutes is not", () => {
  assert.deepEqual(
    alignTable(
      ["minutes_played", "minutes_percentage"],
      [
        [90, 90],
        [6000, 6000],
      ],
    ),
    [
      "minutes_played  minutes_percentage",
      "──────────────  ──────────────────",
      "         1.5 h                  90",
      "       100.0 h               6,000",
    ],
  );
  assert.deepEqual(alignTable(["busiest_date_minutes"], [[90.25]]).at(-1), "               90.25");
});

test("a row is one line, whatever its texts hold, and none of them reaches the terminal as a command", () => {
  const rows = [["two\r\nlines\u2028", "\u001b[31mred\u009b\u007f"]];
  assert.deepEqual(alignTable(["title", "note"], rows).at(-1), "two\\r\\nlines\\u2028  \\u001b[31mred\\u009b\\u007f");
});

test("a wide table has a line a column", () => {
  assert.deepEqual(
    expandTable(
      ["name", "plays"],
      [
        ["Ann", 1000],
        [null, 2],
      ],
    ),
    ["── 1 ──", "name   Ann", "plays  1,000", "── 2 ──", "name   –", "plays  2"],
  );
});
