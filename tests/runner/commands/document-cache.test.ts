import assert from "node:assert/strict";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { compileLoaded } from "../../../runner/commands/compile.ts";
import { documentCache } from "../../../runner/commands/document-cache.ts";
import { compileProject } from "../../../runner/compile/compile-project.ts";
import type { Manifest } from "../../../runner/compile/manifest.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { loadProject, loadProjectSettings } from "../../../runner/project/load-project.ts";
import type { VarOverrides } from "../../../runner/project/vars.ts";
import { bindingOf } from "../../../runner/commands/binding-of.ts";
import { createBinder } from "../../../runner/execution/binder.ts";
import { createSqlParser } from "../../../runner/warehouse/sql-parser.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

const files = {
  "project.yml": `name: small
vars: { timezone: UTC, floor: 1 }
models:
  silver: { schema: silver, critical: true }
`,
  "models/silver/plays.sql": `/*---
description: Plays.
columns:
  - name: play_id
    description: Key.
    data_tests: [unique]
---*/
select 1 as play_id where 7 > {{var 'floor'}}
`,
  "models/silver/days.sql": "select {{> doubled of='play_id'}} as x, {{run_date}} as day from {{ref 'plays'}}\n",
  "models/macros/doubled.hbs": "{{of}} * 2",
  "seeds/moods.csv": "mood\nhappy\n",
  "seeds/moods.yml": `description: Moods.
columns:
  - { name: mood, data_type: VARCHAR, description: Mood. }
`,
  "tests/models/no_bad_rows.sql": "select * from {{ref 'plays'}} where play_id < 0\n",
  "tests/models/days.yml": `unit_tests:
  - name: doubles
    model: days
    given:
      - { input: ref('plays'), rows: [{ play_id: 2 }] }
    expect: { rows: [{ x: 4 }] }
`,
};

const noon = new Date("2026-03-01T12:00:00Z");

type Write = (path: string, text: string) => Promise<void>;

/** Runs a test on a project of its own that has been compiled once. */
function withCompiled(use: (root: string, write: Write) => Promise<void>): Promise<void> {
  return inScratchFolder(async (root) => {
    const write: Write = async (path, text) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    };
    for (const [path, text] of Object.entries(files)) await write(path, text);
    await cached(root);
    await use(root, write);
  });
}

async function cached(root: string, overrides: VarOverrides = {}, now = noon): Promise<Manifest> {
  return compileLoaded(await loadProject(root, overrides, documentCache(root)), { now: () => now });
}

/** Loads and compiles without a cache, and expects the same of the cache, twice: made anew, then as it was kept. */
async function expectFresh(root: string, overrides: VarOverrides = {}, runDate = "2026-03-01"): Promise<Manifest> {
  const now = new Date(`${runDate}T12:00:00Z`);
  const project = await loadProject(root, overrides);
  const parser = createSqlParser(join(root, "reads.json"), "test");
  const binder = createBinder({ ...bindingOf(project), cachePath: join(root, "columns.json"), engine: "test" });
  const manifest = await compileProject(project, runDate, { parser, binder });
  for (const _ of ["anew", "kept"]) {
    assert.deepEqual(await loadProject(root, overrides, documentCache(root)), project);
    assert.deepEqual(
      await loadProjectSettings(root, overrides, documentCache(root)),
      await loadProjectSettings(root, overrides),
    );
    assert.deepEqual(await cached(root, overrides, now), manifest);
  }
  return manifest;
}

const sqlOf = (manifest: Manifest, name: string): string => {
  const node = manifest.nodes[`model.small.${name}`];
  assert.ok(node?.resourceType === "model");
  return node.compiledCode;
};

/** Which file stands there: a document that is made anew is another one. */
const inodes = (root: string): Promise<readonly number[]> =>
  Promise.all(["project.json", "manifest.json"].map(async (name) => (await stat(join(root, "target", name))).ino));

test("an unchanged project is compiled once, wherever and however late it is asked for", () =>
  withCompiled(async (root) => {
    const before = await inodes(root);
    await cached(root);
    await cached(root, { environment: { HOME: "/elsewhere", TONEARM_PROJECT_FILE: join(root, "project.yml") } });
    await cached(root, {}, new Date("2026-03-01T23:59:59Z"));
    assert.deepEqual(await inodes(root), before);
  }));

const edits: readonly [what: string, path: string, from: string, to: string][] = [
  ["a model", "models/silver/plays.sql", "select 1", "select 2 + 3"],
  ["a model's front matter", "models/silver/plays.sql", "[unique]", "[unique, not_null]"],
  ["a macro", "models/macros/doubled.hbs", "* 2", "* 20"],
  ["the default of a var", "project.yml", "floor: 1", "floor: 10"],
  ["a folder's default", "project.yml", "schema: silver,", "schema: silver, tags: [late],"],
  ["a seed's rows", "seeds/moods.csv", "happy", "happy\nsad"],
  ["a seed's description", "seeds/moods.yml", "Moods.", "Moods of plays."],
  ["a singular test", "tests/models/no_bad_rows.sql", "< 0", "< 1"],
  ["a unit test", "tests/models/days.yml", "x: 4", "x: 4.5"],
];

for (const [what, path, from, to] of edits) {
  test(`an edit of ${what} is seen`, () =>
    withCompiled(async (root, write) => {
      const text = await readFile(join(root, path), "utf8");
      assert.ok(text.includes(from));
      await write(path, text.replace(from, to));
      await expectFresh(root);
    }));
}

test("an edit of the same length that leaves the file its time is seen", () =>
  withCompiled(async (root, write) => {
    const path = join(root, "models/silver/plays.sql");
    const { atime, mtime } = await stat(path);
    await write("models/silver/plays.sql", files["models/silver/plays.sql"].replace("select 1", "select 9"));
    await utimes(path, atime, mtime);
    assert.match(sqlOf(await expectFresh(root), "plays"), /select 9/);
  }));

test("files that come, go, and change their names are seen", () =>
  withCompiled(async (root, write) => {
    await write("models/silver/songs.sql", "select 1 as song_id\n");
    assert.ok((await expectFresh(root)).nodes["model.small.songs"]);
    await rename(join(root, "models/silver/songs.sql"), join(root, "models/silver/tunes.sql"));
    const renamed = await expectFresh(root);
    assert.deepEqual(
      [renamed.nodes["model.small.songs"], renamed.nodes["model.small.tunes"]?.name],
      [undefined, "tunes"],
    );
    await rm(join(root, "models/silver/tunes.sql"));
    assert.equal((await expectFresh(root)).nodes["model.small.tunes"], undefined);
  }));

test("vars of the command line and the environment count, and so does the day", () =>
  withCompiled(async (root) => {
    assert.match(sqlOf(await expectFresh(root, { flags: { floor: 2 } }), "plays"), /7 > 2$/);
    assert.match(sqlOf(await expectFresh(root, { environment: { TONEARM_FLOOR: "3" } }), "plays"), /7 > 3$/);
    assert.match(sqlOf(await expectFresh(root), "plays"), /7 > 1$/);
    assert.match(sqlOf(await expectFresh(root, {}, "2026-03-02"), "days"), /date '2026-03-02'/);
    // One minute before noon UTC it is the day after in Auckland (UTC+13 in March).
    const auckland = await cached(root, { environment: { TONEARM_TIMEZONE: "Pacific/Auckland" } }, noon);
    assert.match(sqlOf(auckland, "days"), /date '2026-03-02'/);
  }));

test("a project that was moved knows where it lies, and is not compiled for that", () =>
  withCompiled(async (root) => {
    await inScratchFolder(async (other) => {
      const before = await inodes(root);
      const moved = join(other, "moved");
      await rename(root, moved);
      assert.equal((await expectFresh(moved)).root, moved);
      assert.deepEqual(await inodes(moved), before);
      await mkdir(root);
    });
  }));

test("what is wrong with a project is told each time", () =>
  withCompiled(async (root, write) => {
    await write("models/silver/days.sql", "select * from {{ref 'playz'}}\n");
    for (const _ of ["first", "second"]) await assert.rejects(cached(root), /did you mean 'plays'\?/);
    await write("models/silver/days.sql", "/*---\ntagz: [a]\n---*/\nselect 1 as x\n");
    for (const _ of ["first", "second"]) await assert.rejects(cached(root), ProjectError);
    await write("models/silver/days.sql", files["models/silver/days.sql"]);
    await expectFresh(root);
  }));

const damages: readonly [what: string, damage: (text: string) => string][] = [
  ["is torn", (text) => text.slice(0, text.length / 2)],
  ["is empty", () => ""],
  ["was altered by hand", (text) => text.replaceAll("7 >", "8 >")],
  ["is a document of something else", () => "{}"],
];

for (const [what, damage] of damages) {
  test(`a kept document that ${what} is made anew`, () =>
    withCompiled(async (root) => {
      for (const name of ["project.json", "manifest.json", "project.seal", "manifest.seal"]) {
        const path = join(root, "target", name);
        await writeFile(path, damage(await readFile(path, "utf8")));
        assert.match(sqlOf(await expectFresh(root), "plays"), /7 > 1$/);
      }
    }));
}

test("a document under the seal of another process is made anew", () =>
  withCompiled(async (root) => {
    const seal = await readFile(join(root, "target/manifest.seal"));
    await cached(root, { flags: { floor: 2 } });
    await writeFile(join(root, "target/manifest.seal"), seal);
    assert.match(sqlOf(await expectFresh(root), "plays"), /7 > 1$/);
  }));

test("two processes that compile at once with other vars leave nothing wrong behind", () =>
  withCompiled(async (root) => {
    const compile = (floor: number) => startTonearm(["compile", "--vars", `{floor: ${floor}}`], { cwd: root });
    const outcomes = await Promise.all([compile(4), compile(5), compile(4)].map(outcomeOf));
    assert.deepEqual(
      outcomes.map(({ code }) => code),
      [0, 0, 0],
    );
    for (const floor of [4, 5]) {
      assert.match(sqlOf(await expectFresh(root, { flags: { floor } }), "plays"), new RegExp(`7 > ${floor}$`));
    }
  }));

test("where target/ cannot be written, what only reads goes on", () =>
  withCompiled(async (root, write) => {
    await rm(join(root, "target"), { recursive: true });
    await write("target", "in the way");
    assert.equal((await loadProject(root, {}, documentCache(root))).name, "small");
  }));

test("what JSON has no word for is made each time instead of being kept wrong", () =>
  inScratchFolder(async (root) => {
    const make = (): Promise<{ readonly most: number }> => Promise.resolve({ most: Infinity });
    for (const _ of ["first", "second"]) {
      assert.deepEqual(await documentCache(root)("limits", [], make), { most: Infinity });
    }
  }));
