import assert from "node:assert/strict";
import { test } from "node:test";

import { type Diagnostic, formatDiagnostic } from "../../../runner/diagnostics.ts";
import { parseProjectConfig } from "../../../runner/project/project-config.ts";
import type { VarValue } from "../../../runner/project/project.ts";
import { resolveVars, type VarOverrides } from "../../../runner/project/vars.ts";

const file = `name: small
vars:
  timezone: UTC
  limit_rows: 3
  strict: false
  moods: [happy, sad]
  years: [2023, 2024]
  nothing:
`;

interface Resolved {
  readonly vars: Readonly<Record<string, VarValue>>;
  readonly printed: readonly string[];
}

function resolve(overrides: VarOverrides, text = file): Resolved {
  const diagnostics: Diagnostic[] = [];
  const config = parseProjectConfig("project.yml", text, diagnostics);
  assert.ok(config !== undefined);
  const vars = resolveVars(config, overrides, diagnostics);
  return { vars, printed: diagnostics.map(formatDiagnostic) };
}

function fromEnvironment(name: string, text: string): Resolved {
  return resolve({ environment: { [name]: text } });
}

test("without flags and environment the file's values hold", () => {
  assert.deepEqual(resolve({}), {
    vars: {
      timezone: "UTC",
      limit_rows: 3,
      strict: false,
      moods: ["happy", "sad"],
      years: [2023, 2024],
      nothing: null,
    },
    printed: [],
  });
});

test("the environment beats the file and a flag beats both", () => {
  const environment = { TONEARM_LIMIT_ROWS: "5", TONEARM_TIMEZONE: "Europe/Berlin" };
  const { vars, printed } = resolve({ flags: { limit_rows: 7 }, environment });
  assert.equal(vars["limit_rows"], 7);
  assert.equal(vars["timezone"], "Europe/Berlin");
  assert.deepEqual(printed, []);
});

test("a flag of null is a value, not an absent flag", () => {
  assert.equal(resolve({ flags: { limit_rows: null } }).vars["limit_rows"], null);
});

test("other variables of the environment are nobody's vars", () => {
  const { vars, printed } = resolve({ environment: { TONEARM_OTHER: "1", limit_rows: "9" } });
  assert.equal(vars["limit_rows"], 3);
  assert.equal("other" in vars, false);
  assert.deepEqual(printed, []);
});

const readings: readonly [name: string, text: string, key: string, value: VarValue][] = [
  ["TONEARM_LIMIT_ROWS", "-2.5", "limit_rows", -2.5],
  ["TONEARM_STRICT", "TRUE", "strict", true],
  ["TONEARM_STRICT", "0", "strict", false],
  ["TONEARM_MOODS", "calm, 7,", "moods", ["calm", "7"]],
  ["TONEARM_MOODS", "", "moods", []],
  ["TONEARM_YEARS", "2020,2021", "years", [2020, 2021]],
  ["TONEARM_YEARS", "2020,soon", "years", ["2020", "soon"]],
  ["TONEARM_NOTHING", "12", "nothing", "12"],
];

for (const [name, text, key, value] of readings) {
  test(`${name}='${text}' is read with the type of the file's value`, () => {
    const { vars, printed } = fromEnvironment(name, text);
    assert.deepEqual(vars[key], value);
    assert.deepEqual(printed, []);
  });
}

const refusals: readonly [name: string, text: string, printed: string][] = [
  ["TONEARM_LIMIT_ROWS", "many", "TONEARM_LIMIT_ROWS 'many' is not a number"],
  ["TONEARM_LIMIT_ROWS", "", "TONEARM_LIMIT_ROWS '' is not a number"],
  ["TONEARM_LIMIT_ROWS", "Infinity", "TONEARM_LIMIT_ROWS 'Infinity' is not a number"],
  ["TONEARM_STRICT", "yes", "TONEARM_STRICT 'yes' is not true or false"],
  ["TONEARM_STRICT", "constructor", "TONEARM_STRICT 'constructor' is not true or false"],
  [
    "TONEARM_TIMEZONE",
    "Europe/Berlni",
    "TONEARM_TIMEZONE unknown time zone 'Europe/Berlni'\n\ndid you mean 'Europe/Berlin'?",
  ],
];

for (const [name, text, printed] of refusals) {
  test(`${name}='${text}' is refused`, () => {
    assert.deepEqual(fromEnvironment(name, text).printed, [printed]);
  });
}

test("a flag for a var that is not declared is refused, with the nearest name", () => {
  assert.deepEqual(resolve({ flags: { limit_row: 1 } }).printed, [
    "--vars unknown var 'limit_row'\n\ndid you mean 'limit_rows'?",
  ]);
  assert.deepEqual(resolve({ flags: { constructor: 1 } }).printed, ["--vars unknown var 'constructor'"]);
});

test("a time zone is an IANA name, wherever it was given", () => {
  const remedy = "write an IANA name such as Europe/Berlin or America/New_York";
  assert.deepEqual(resolve({ flags: { timezone: "+02:00" } }).printed, [
    `--vars unknown time zone '+02:00'\n\n${remedy}`,
  ]);
  assert.deepEqual(resolve({}, "name: small\nvars:\n  timezone: 2\n").printed, [
    `project.yml:3:13 unknown time zone '2'\n\n3 |   timezone: 2\n                ^\n\n${remedy}`,
  ]);
  assert.deepEqual(resolve({}, "name: small\nvars:\n  timezone:\n").printed, []);
});
