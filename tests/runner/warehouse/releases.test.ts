import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFile, link, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { type CurrentRelease, listReleases, readCurrentRelease } from "../../../runner/warehouse/releases.ts";
import { listFiles } from "../../support/list-files.ts";
import { makeRelease, readRelease, shortState } from "../../support/make-release.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

/** Runs a test on a data folder with three releases of contents 1, 2, 3. */
async function withThreeReleases(use: (dataDir: string) => Promise<void>): Promise<void> {
  await inScratchFolder(async (dataDir) => {
    for (const content of [1, 2, 3]) await makeRelease(dataDir, content);
    await use(dataDir);
  });
}

async function current(dataDir: string): Promise<CurrentRelease> {
  const release = await readCurrentRelease(dataDir);
  assert.ok(release);
  return release;
}

test("a folder that does not exist has no release", async () => {
  await inScratchFolder(async (folder) => {
    assert.equal(await readCurrentRelease(join(folder, "nowhere")), null);
    assert.deepEqual(await listReleases(join(folder, "nowhere")), []);
  });
});

test("the current release is the one that warehouse.duckdb is a link to", async () => {
  await withThreeReleases(async (dataDir) => {
    assert.deepEqual(await readCurrentRelease(dataDir), {
      number: 3,
      path: join(dataDir, "releases/3.duckdb"),
      state: { ...shortState, version: 1, release: 3 },
      warehouse: "linked",
      warnings: [],
    });
    await rm(join(dataDir, "warehouse.duckdb"));
    await link(join(dataDir, "releases/2.duckdb"), join(dataDir, "warehouse.duckdb"));
    assert.equal((await current(dataDir)).number, 2);
  });
});

test("of several releases that are the same file the newest number is the current one", async () => {
  await withThreeReleases(async (dataDir) => {
    await rm(join(dataDir, "warehouse.duckdb"));
    await link(join(dataDir, "releases/1.duckdb"), join(dataDir, "warehouse.duckdb"));
    await link(join(dataDir, "releases/1.duckdb"), join(dataDir, "releases/10.duckdb"));
    await writeFile(join(dataDir, "releases/10.json"), JSON.stringify({ ...shortState, version: 1, release: 10 }));
    assert.equal((await current(dataDir)).number, 10);
    assert.deepEqual(
      (await listReleases(dataDir)).map(({ number }) => number),
      [10, 3, 2, 1],
    );
  });
});

test("when warehouse.duckdb was deleted the newest release counts, and the next build puts it back", async () => {
  await withThreeReleases(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await rm(warehouse);
    const { number, warehouse: found, warnings } = await current(dataDir);
    assert.deepEqual([number, found], [3, "missing"]);
    assert.deepEqual(warnings, [
      `${warehouse} is missing; going on from release 3, the newest one kept. A build puts it back.`,
    ]);
    const { prepared } = await makeRelease(dataDir, 4);
    assert.deepEqual(prepared.warnings, warnings);
    assert.deepEqual(await readRelease(warehouse), { content: 4, history: [1, 2, 3, 4] });
  });
});

test("a warehouse restored by a copying tool is known by its bytes, also when it is not the newest", async () => {
  await withThreeReleases(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await rm(warehouse);
    await copyFile(join(dataDir, "releases/2.duckdb"), warehouse);
    const { number, warehouse: found, warnings } = await current(dataDir);
    assert.deepEqual([number, found], [2, "copy"]);
    assert.match(warnings[0] ?? "", /warehouse\.duckdb is a copy of release 2, not a link to it/);
    const { release } = await makeRelease(dataDir, 4);
    assert.equal(release, 4);
    assert.deepEqual(await readRelease(warehouse), { content: 4, history: [1, 2, 4] });
    assert.equal((await current(dataDir)).warehouse, "linked");
    assert.ok(!(await listFiles(dataDir)).some((file) => file.startsWith("foreign/")));
  });
});

test("a warehouse that is no kept release is replaced but not lost", async () => {
  await withThreeReleases(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await withDuckDB({ path: join(dataDir, "other.duckdb") }, async (database) =>
      (await database.connect()).run("create table somebodys_work as select 42 as answer"),
    );
    await rename(join(dataDir, "other.duckdb"), warehouse);
    const { number, warehouse: found, warnings } = await current(dataDir);
    assert.deepEqual([number, found], [3, "foreign"]);
    const { prepared } = await makeRelease(dataDir, 4);
    const kept = join(dataDir, "foreign/warehouse.duckdb");
    assert.deepEqual(prepared.warnings, [
      ...warnings,
      `${warehouse} is no release of this folder; it is kept as ${kept}.`,
    ]);
    assert.deepEqual(await readRelease(warehouse), { content: 4, history: [1, 2, 3, 4] });
    const answer = await withDuckDB({ path: kept, readOnly: true }, async (database) =>
      (await database.connect()).query("from somebodys_work"),
    );
    assert.deepEqual(answer, [{ answer: 42 }]);
  });
});

test("without any release the next build starts empty and keeps a warehouse that was there", async () => {
  await withThreeReleases(async (dataDir) => {
    await rm(join(dataDir, "releases"), { recursive: true });
    assert.equal(await readCurrentRelease(dataDir), null);
    const { prepared } = await makeRelease(dataDir, 4);
    assert.equal(prepared.current, null);
    assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 4, history: [4] });
    assert.deepEqual(await readRelease(join(dataDir, "foreign/warehouse.duckdb")), { content: 3, history: [1, 2, 3] });
  });
});

test("a current release whose state is missing is an error that names the file", async () => {
  await withThreeReleases(async (dataDir) => {
    const path = join(dataDir, "releases/3.json");
    await rm(path);
    const error: unknown = await readCurrentRelease(dataDir).catch((reason: unknown) => reason);
    assert.ok(error instanceof ProjectError);
    assert.equal(error.diagnostics[0]?.path, path);
    await rm(join(dataDir, "releases/3.duckdb"));
    assert.equal((await current(dataDir)).number, 2);
  });
});

test("reading the current release does not load DuckDB", async () => {
  const script = `
    import { readCurrentRelease } from ${JSON.stringify(new URL("../../../runner/warehouse/releases.ts", import.meta.url))};
    await readCurrentRelease(".");
    const loaded = process.report.getReport().sharedObjects.filter((path) => path.includes("duckdb"));
    console.log(JSON.stringify(loaded));
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  assert.equal(await text(child.stdout), "[]\n");
});
