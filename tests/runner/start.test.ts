import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { inScratchFolder } from "../support/scratch-folder.ts";

const repository = resolve(import.meta.dirname, "../..");

test("the runner is bundled once for each state of its sources, however many start at once", () =>
  inScratchFolder(async (root) => {
    await copyRunner(root);
    const bundles = join(root, "node_modules/.cache/tonearm");

    const [first = "", ...others] = await Promise.all([1, 2, 3].map(() => help(root)));
    assert.match(first, /\n {2}build +build, test and publish what changed\n/);
    assert.deepEqual(others, [first, first]);
    const made = await readdir(bundles);
    assert.equal(made.length, 1);

    const cli = join(root, "runner/cli.ts");
    const source = await readFile(cli, "utf8");
    await writeFile(
      cli,
      source.replace("build, test and publish what changed", "build, test and publish what was edited"),
    );
    assert.match(await help(root), /publish what was edited\n/);
    assert.equal((await readdir(bundles)).length, 2);

    assert.deepEqual(await bundledLocales(join(bundles, made[0] ?? "")), ["en"]);

    await writeFile(cli, source);
    assert.equal(await help(root), first);
    assert.equal((await readdir(bundles)).length, 2);
  }));

test("where bundles cannot be written, the start says so and what to do", () =>
  inScratchFolder(async (root) => {
    await copyRunner(root);
    await writeFile(join(root, "node_modules/.cache"), "in the way");
    const failure: unknown = await help(root).catch((error: unknown) => error);
    assert.ok(failure instanceof Error && "stderr" in failure && "code" in failure);
    assert.equal(failure.code, 1);
    assert.match(String(failure.stderr), /\.cache\/tonearm: the runner is new here and cannot be compiled: ENOTDIR/);
    assert.match(String(failure.stderr), /hint: run `npm run tonearm -- help` once as the owner of this folder\./);
  }));

/** The runner with the libraries of this repository, but bundles of its own. */
async function copyRunner(root: string): Promise<void> {
  await cp(join(repository, "runner"), join(root, "runner"), { recursive: true });
  for (const name of ["package.json", "package-lock.json", "tsconfig.json"]) {
    await cp(join(repository, name), join(root, name));
  }
  await mkdir(join(root, "node_modules"));
  for (const name of await readdir(join(repository, "node_modules"))) {
    if (name !== ".cache") await symlink(join(repository, "node_modules", name), join(root, "node_modules", name));
  }
}

/** Zod's languages in a bundle: all of them are there as soon as one file imports the whole of it. */
async function bundledLocales(bundle: string): Promise<readonly string[]> {
  const chunks = (await readdir(bundle)).filter((name) => name.endsWith(".mjs"));
  const texts = await Promise.all(chunks.map((name) => readFile(join(bundle, name), "utf8")));
  const locales = texts.flatMap((text) => [...text.matchAll(/^\/\/ .*zod\/v4\/locales\/([a-zA-Z-]+)\.js$/gm)]);
  return [...new Set(locales.map(([, locale = ""]) => locale))];
}

async function help(root: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["runner/start.mjs", "help"], { cwd: root });
  return stdout;
}
