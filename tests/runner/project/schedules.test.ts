import assert from "node:assert/strict";
import { test } from "node:test";

import type { Diagnostic } from "../../../runner/diagnostics.ts";
import { parseProjectConfig } from "../../../runner/project/project-config.ts";
import { presets } from "../../../runner/project/schedules.ts";

function read(schedules: string): { readonly stages: unknown; readonly problems: readonly string[] } {
  const diagnostics: Diagnostic[] = [];
  const config = parseProjectConfig("project.yml", `name: small\nschedules:\n${schedules}`, diagnostics);
  const problems = diagnostics.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  return { stages: config?.schedules.stages, problems };
}

test("what project.yml does not say is as the preset has it", () => {
  const { stages, problems } = read(
    "  preset: twelve_hours\n  stages:\n    poll: { cron: '*/10 * * * *', timeout_minutes: 2 }\n",
  );
  assert.deepEqual(problems, []);
  const poll = { ...presets.twelve_hours.poll, cron: "*/10 * * * *", timeoutSeconds: 120 };
  assert.deepEqual(stages, { ...presets.twelve_hours, poll });
});

const mistakes = [
  [
    "an unknown stage",
    "  stages:\n    bronce: { retries: 1 }\n",
    "4:5 there is no stage 'bronce' (did you mean 'bronze'?)",
  ],
  [
    "a minute that no hour has",
    "  stages:\n    poll: { cron: '61 * * * *' }\n",
    "4:19 '61 * * * *' is no cron expression: invalid value for minute: 61 (five fields: minute hour day-of-month month day-of-week, as '*/15 * * * *')",
  ],
  [
    "a day that never comes",
    "  stages:\n    train: { cron: '0 0 31 2 *' }\n",
    "4:20 '0 0 31 2 *' is no cron expression: it names no moment that ever comes (five fields: minute hour day-of-month month day-of-week, as '*/15 * * * *')",
  ],
  [
    "a circle",
    "  stages:\n    build: { after: [export] }\n",
    "4:14 build cannot run after export, which runs later (stages run in this order: files, poll, bronze, build, predictive, train, export)",
  ],
  [
    "an unknown setting",
    "  stages:\n    build: { retrys: 1 }\n",
    "4:14 unknown key 'retrys' (did you mean 'retries'?)",
  ],
  ["an unknown preset", "  preset: six_hour\n", "3:11 'preset' cannot be 'six_hour' (did you mean 'six_hours'?)"],
] as const;
for (const [what, text, message] of mistakes) {
  test(`${what} is told with its place`, () => {
    assert.deepEqual(read(text).problems, [message]);
  });
}
