import assert from "node:assert/strict";
import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { dataFolder, sweepTemporary, temporaryFolder } from "../../../runner/warehouse/data-folder.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";
import { listFiles } from "../../support/list-files.ts";

test("a data folder is made as a whole, for its owner alone", async () => {
  await inScratchFolder(async (folder) => {
    const root = join(folder, "deep/data");
    await dataFolder(root);
    const names = ["bronze", "locks", "registry", "releases", "runs", "secrets", "tmp"];
    assert.deepEqual((await readdir(root)).toSorted(), names);
    for (const name of [".", ...names]) assert.equal((await stat(join(root, name))).mode & 0o777, 0o700, name);
  });
});

test("a folder that exists keeps its mode", async () => {
  await inScratchFolder(async (root) => {
    await mkdir(join(root, "runs"));
    await chmod(join(root, "runs"), 0o750);
    await dataFolder(root);
    assert.equal((await stat(join(root, "runs"))).mode & 0o777, 0o750);
  });
});

test("a build sweeps tmp except for what a landing writes meanwhile; a landing sweeps its own", async () => {
  await inScratchFolder(async (root) => {
    await dataFolder(root);
    const landing = temporaryFolder(root, "bronze");
    for (const made of [landing, temporaryFolder(root, "build")]) {
      await mkdir(made, { recursive: true });
      await writeFile(join(made, "spill"), "");
    }
    await writeFile(join(root, "tmp/leftover"), "");
    await sweepTemporary(root, "build");
    assert.deepEqual(await listFiles(root), ["tmp/bronze/spill"]);
    await sweepTemporary(root, "bronze");
    assert.deepEqual(await listFiles(root), []);
  });
});
