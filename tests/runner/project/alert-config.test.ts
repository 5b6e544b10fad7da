import assert from "node:assert/strict";
import { test } from "node:test";

import type { Diagnostic } from "../../../runner/diagnostics.ts";
import { parseProjectConfig } from "../../../runner/project/project-config.ts";

/** The settings of a project.yml, or what is wrong with it. */
function read(text: string) {
  const diagnostics: Diagnostic[] = [];
  const config = parseProjectConfig("project.yml", `name: small\n${text}`, diagnostics);
  const said = diagnostics.map(({ line, column, message, hint }) => `${line}:${column} ${message}; ${hint ?? ""}`);
  return said.length > 0 ? said : { alerts: config?.alerts, health: config?.health };
}

test("alerts and health have defaults, and sizes are decimal unless they have an i", () => {
  const defaults = { remindEvery: 12, minFreeDisk: 1e9, heartbeatStages: ["build"] };
  assert.deepEqual(read(""), { alerts: defaults, health: { port: null } });
  assert.deepEqual(read("alerts: { min_free_disk: 1.5 GiB }\nhealth: { port: 9464 }\n"), {
    alerts: { ...defaults, minFreeDisk: 1.5 * 1024 ** 3 },
    health: { port: 9464 },
  });
});

test("a mistake in them is told at its line", () => {
  assert.deepEqual(read("alerts:\n  remind_evry: 3\n"), [
    "3:3 unknown key 'remind_evry'; did you mean 'remind_every'?",
  ]);
  assert.deepEqual(read("alerts:\n  min_free_disk: much\n"), ["3:18 'min_free_disk': a size such as 500MB or 1GB; "]);
  assert.deepEqual(read("alerts:\n  remind_every: 0\n"), [
    "3:17 'remind_every': too small: expected number to be >0; ",
  ]);
  assert.deepEqual(read("health: { port: 70000 }\n"), ["2:17 'port': too big: expected number to be <=65535; "]);
});
