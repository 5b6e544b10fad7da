import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { dataFolder } from "../../../runner/warehouse/data-folder.ts";
import { moveForeignWals } from "../../../runner/warehouse/foreign-files.ts";
import { prepareBuild } from "../../support/prepare-build.ts";
import { publishBuild } from "../../../runner/warehouse/publish-build.ts";
import { withScript } from "../../support/child-script.ts";
import { listFiles } from "../../support/list-files.ts";
import { makeRelease, readRelease, shortState, writeBuild } from "../../support/make-release.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

/** A client in another process commits rows into a published file's WAL and is killed. */
async function leaveWal(path: string): Promise<void> {
  await withScript("write-and-die", [path], async (client) => {
    assert.equal(await client.answer(), "written");
  });
}

function warningFor(dataDir: string, wal: string, kept: string): string {
  return `${join(dataDir, wal)} was left by another program that had the database open for writing; moved to ${join(dataDir, "foreign", kept)}, so that its changes do not enter a release. Open the warehouse with duckdb -readonly.`;
}

test("a WAL that a dead client left beside the warehouse enters no later release", async () => {
  await inScratchFolder(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await makeRelease(dataDir, 1);
    await leaveWal(warehouse);
    assert.ok((await readdir(dataDir)).includes("warehouse.duckdb.wal"));
    const { prepared, warnings } = await makeRelease(dataDir, 2);
    assert.deepEqual(prepared.warnings, [warningFor(dataDir, "warehouse.duckdb.wal", "warehouse.duckdb.wal")]);
    assert.deepEqual(warnings, []);
    assert.deepEqual(await readRelease(warehouse), { content: 2, history: [1, 2] });
    assert.deepEqual(await listFiles(join(dataDir, "foreign")), ["warehouse.duckdb.wal"]);
  });
});

test("a WAL that appears while the build runs enters no release either", async () => {
  await inScratchFolder(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await makeRelease(dataDir, 1);
    await leaveWal(warehouse);
    await writeBuild((await prepareBuild(dataDir)).path, 2);
    await leaveWal(warehouse);
    await leaveWal(join(dataDir, "releases/1.duckdb"));
    let besideNewWarehouse: readonly string[] = [];
    const onStep = (step: string) => {
      if (step === "rename") besideNewWarehouse = readdirSync(dataDir).filter((name) => name.endsWith(".wal"));
    };
    const { warnings } = await publishBuild(dataDir, shortState, { keepReleases: 3, onStep });
    assert.deepEqual(besideNewWarehouse, []);
    assert.deepEqual(warnings, [
      warningFor(dataDir, "warehouse.duckdb.wal", "warehouse.duckdb.wal.2"),
      warningFor(dataDir, "releases/1.duckdb.wal", "1.duckdb.wal"),
    ]);
    assert.deepEqual(await readRelease(warehouse), { content: 2, history: [1, 2] });
    assert.deepEqual(await readRelease(join(dataDir, "releases/1.duckdb")), { content: 1, history: [1] });
  });
});

test("a client that writes to the warehouse during a publish keeps running and harms no release", async () => {
  await inScratchFolder(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await makeRelease(dataDir, 1);
    await withScript("write-and-die", [warehouse], async (client) => {
      assert.equal(await client.answer(), "written");
      const { prepared } = await makeRelease(dataDir, 2);
      assert.equal(prepared.warnings.length, 1);
    });
    await makeRelease(dataDir, 3);
    assert.deepEqual(await readRelease(warehouse), { content: 3, history: [1, 2, 3] });
    assert.deepEqual(await readRelease(join(dataDir, "releases/2.duckdb")), { content: 2, history: [1, 2] });
  });
});

test("a client that has the warehouse open for writing during a publish, without a WAL yet, harms no release", async () => {
  await inScratchFolder(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await makeRelease(dataDir, 1);
    await chmod(warehouse, 0o644);
    await withScript("open-database", [warehouse], async (client) => {
      assert.equal(await client.answer(), "open");
      const { prepared, warnings } = await makeRelease(dataDir, 2);
      assert.deepEqual([prepared.warnings, warnings], [[], []]);
      assert.equal(await client.ask("close"), undefined);
      assert.equal(await client.ended, null, "it closes as if nothing had happened");
    });
    assert.deepEqual(await readRelease(warehouse), { content: 2, history: [1, 2] });
    assert.deepEqual(await readRelease(join(dataDir, "releases/1.duckdb")), { content: 1, history: [1] });
    await makeRelease(dataDir, 3);
    assert.deepEqual(await readRelease(warehouse), { content: 3, history: [1, 2, 3] });
  });
});

test("what stands beside build.duckdb is garbage of a run that died, and only the holder of the build lock removes it", async () => {
  await inScratchFolder(async (dataDir) => {
    const { build } = await dataFolder(dataDir);
    await writeFile(`${build}.wal`, "of a killed checkpoint");
    await writeFile(join(dataDir, "releases/2.duckdb.wal.checkpoint"), "somebody's");
    await writeFile(join(dataDir, "releases/notes.wal"), "not a database's");
    assert.deepEqual(await moveForeignWals(dataDir), [
      warningFor(dataDir, "releases/2.duckdb.wal.checkpoint", "2.duckdb.wal.checkpoint"),
    ]);
    assert.deepEqual(await listFiles(dataDir), [
      "build.duckdb.wal",
      "foreign/2.duckdb.wal.checkpoint",
      "releases/notes.wal",
    ]);
    assert.deepEqual((await prepareBuild(dataDir)).warnings, []);
    assert.deepEqual(await listFiles(dataDir), ["foreign/2.duckdb.wal.checkpoint", "releases/notes.wal"]);
  });
});
