import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";

import { parse } from "yaml";
import * as z from "zod";

const root = resolve(import.meta.dirname, "../..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/alerts.md",
  "docs/architecture.md",
  "docs/benchmarks.md",
  "docs/features.md",
  "docs/superset.md",
  "docs/deploy.md",
  "docs/trino.md",
];
const read = (path: string): Promise<string> => readFile(join(root, path), "utf8");

for (const page of pages) {
  test(`every script that ${page} names is there`, async () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await read("package.json")));
    const named = [...(await read(page)).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? "");
    assert.deepEqual(
      named.filter((name) => scripts[name] === undefined),
      [],
    );
  });

  test(`every file that ${page} links to or names in code is there`, async () => {
    const text = await read(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => join(dirname(page), match[1] ?? ""));
    const named = [...text.matchAll(/`((?:runner|models|tests|docs|seeds|bench)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? "",
    );
    const missing = [...links, ...named].filter((path) => !existsSync(join(root, path)));
    assert.deepEqual(
      missing.filter((path) => path !== "models/gold/daily_minutes.sql"),
      [],
    );
  });
}

/** Commands whose script has another name. */
const scriptNames = new Map([
  ["build", "build-models"],
  ["test", "test-models"],
]);

test("README has every var with its environment name, and every command", async () => {
  const readme = await read("README.md");
  const { vars } = z.object({ vars: z.record(z.string(), z.unknown()) }).parse(parse(await read("project.yml")));
  for (const name of Object.keys(vars)) {
    assert.ok(readme.includes(`\`vars.${name}\` | \`TONEARM_${name.toUpperCase()}\``), name);
  }
  const commands = [...(await read("runner/cli.ts")).matchAll(/^ {2}([a-z]+): \{\n {4}summary/gm)].map(
    (match) => match[1] ?? "",
  );
  assert.ok(commands.length >= 6);
  for (const name of commands) assert.match(readme, new RegExp(`npm run ${scriptNames.get(name) ?? name}\\b`));
});
