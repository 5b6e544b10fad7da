import assert from "node:assert/strict";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { withLock } from "../../../runner/warehouse/locks.ts";
import { prepareBuild } from "../../support/prepare-build.ts";
import { publishBuild, publishSteps } from "../../../runner/warehouse/publish-build.ts";
import { readCurrentRelease } from "../../../runner/warehouse/releases.ts";
import { withScript } from "../../support/child-script.ts";
import { listFiles } from "../../support/list-files.ts";
import { makeRelease, readRelease, shortState, writeBuild } from "../../support/make-release.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

async function numberOf(dataDir: string): Promise<number | undefined> {
  return (await readCurrentRelease(dataDir))?.number;
}

test("the first build starts empty and becomes release 1 and the warehouse, one read-only file", async () => {
  await inScratchFolder(async (dataDir) => {
    const prepared = await prepareBuild(dataDir);
    assert.deepEqual(prepared, { path: join(dataDir, "build.duckdb"), release: 1, current: null, warnings: [] });
    await writeBuild(prepared.path, 1);
    const steps: string[] = [];
    const publication = await publishBuild(dataDir, shortState, {
      keepReleases: 3,
      onStep: (step) => steps.push(step),
    });
    assert.deepEqual(publication, { release: 1, path: join(dataDir, "releases/1.duckdb"), warnings: [] });
    assert.deepEqual(steps, publishSteps);
    assert.deepEqual(await listFiles(dataDir), ["releases/1.duckdb", "releases/1.json", "warehouse.duckdb"]);
    const [warehouse, release] = await Promise.all([stat(join(dataDir, "warehouse.duckdb")), stat(publication.path)]);
    assert.equal(warehouse.ino, release.ino);
    assert.equal(warehouse.mode & 0o777, 0o444);
    assert.equal((await stat(join(dataDir, "releases/1.json"))).mode & 0o777, 0o444);
    assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 1, history: [1] });
  });
});

test("the next build goes on from a writable copy, and changes nothing that is published", async () => {
  await inScratchFolder(async (dataDir) => {
    await makeRelease(dataDir, 1);
    const prepared = await prepareBuild(dataDir);
    assert.equal((await stat(prepared.path)).mode & 0o777, 0o600);
    assert.equal(prepared.release, 2);
    await writeBuild(prepared.path, 2);
    assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 1, history: [1] });
    await publishBuild(dataDir, shortState, { keepReleases: 3 });
    assert.deepEqual(await readRelease(join(dataDir, "releases/1.duckdb")), { content: 1, history: [1] });
    assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 2, history: [1, 2] });
  });
});

test("only the last releases stay, and the current one always does", async () => {
  await inScratchFolder(async (dataDir) => {
    for (const content of [1, 2, 3, 4]) await makeRelease(dataDir, content, { keepReleases: 2 });
    assert.deepEqual(await listFiles(join(dataDir, "releases")), ["3.duckdb", "3.json", "4.duckdb", "4.json"]);
    await makeRelease(dataDir, 5, { keepReleases: 0 });
    assert.deepEqual(await listFiles(join(dataDir, "releases")), ["5.duckdb", "5.json"]);
    assert.equal(await numberOf(dataDir), 5);
  });
});

test("a build that was given up leaves nothing to the next one", async () => {
  await inScratchFolder(async (dataDir) => {
    await makeRelease(dataDir, 1);
    const published = await listFiles(dataDir);
    await writeBuild((await prepareBuild(dataDir)).path, 2);
    await mkdir(join(dataDir, "build.duckdb.tmp"));
    await writeFile(join(dataDir, "build.duckdb.tmp/spill"), "");
    await writeFile(join(dataDir, "tmp/leftover"), "");
    await writeFile(join(dataDir, "releases/9.json"), "{}");
    await makeRelease(dataDir, 3, { keepReleases: 1 });
    assert.deepEqual(
      await listFiles(dataDir),
      published.map((file) => file.replace("1.", "2.")),
    );
    assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 3, history: [1, 3] });
  });
});

for (const [index, step] of publishSteps.entries()) {
  const isPublished = index >= publishSteps.indexOf("rename");

  test(`killed with -9 after "${step}", the warehouse is one whole release and the next build needs no help`, async () => {
    await inScratchFolder(async (dataDir) => {
      await makeRelease(dataDir, 1, { keepReleases: 1 });
      await withScript("publish-and-die", [dataDir, "2", step], async (script) => {
        assert.equal(await script.answer(), undefined);
        assert.equal(await script.ended, "SIGKILL");
      });
      const history = isPublished ? [1, 2] : [1];
      assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: history.length, history });
      assert.equal(await numberOf(dataDir), history.length);

      const lock = { dataDir, name: "build" as const, command: "tonearm build", runId: "next", waitSeconds: 0 };
      await withLock({ ...lock, startedAt: new Date() }, async () => {
        const { warnings } = await prepareBuild(dataDir);
        assert.deepEqual(warnings, []);
        const kept = isPublished && step !== "retention" ? [1, 2] : [history.length];
        assert.deepEqual(await listFiles(dataDir), [
          "build.duckdb",
          "locks/build.duckdb",
          "locks/build.json",
          ...kept.flatMap((number) => [`releases/${number}.duckdb`, `releases/${number}.json`]),
          "warehouse.duckdb",
        ]);
        const { release } = await makeRelease(dataDir, 3, { keepReleases: 1 });
        assert.equal(release, history.length + 1);
      });
      assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 3, history: [...history, 3] });
      const number = history.length + 1;
      assert.deepEqual(await listFiles(dataDir), [
        "locks/build.duckdb",
        `releases/${number}.duckdb`,
        `releases/${number}.json`,
        "warehouse.duckdb",
      ]);
    });
  });
}

for (const step of ["state", "link", "stage", "rename"] as const) {
  test(`the very first publish killed with -9 after "${step}" is there as a whole or not at all`, async () => {
    await inScratchFolder(async (dataDir) => {
      await withScript("publish-and-die", [dataDir, "1", step], async (script) => {
        assert.equal(await script.ended, "SIGKILL");
      });
      assert.equal(await numberOf(dataDir), step === "rename" ? 1 : undefined);
      await makeRelease(dataDir, 2);
      const history = step === "rename" ? [1, 2] : [2];
      assert.deepEqual(await readRelease(join(dataDir, "warehouse.duckdb")), { content: 2, history });
    });
  });
}

test("readers elsewhere keep the release they opened, during the publish and after it", async () => {
  await inScratchFolder(async (dataDir) => {
    const warehouse = join(dataDir, "warehouse.duckdb");
    await makeRelease(dataDir, 1);
    await withScript("read-warehouse", [warehouse], async (reader) => {
      assert.equal(await reader.answer(), "open");
      await writeBuild((await prepareBuild(dataDir)).path, 2);
      assert.equal(await reader.ask("what do you see?"), "1-1");
      const asked: Promise<unknown>[] = [];
      const onStep = () => asked.push(reader.ask("what do you see?"));
      await publishBuild(dataDir, shortState, { keepReleases: 1, onStep });
      assert.deepEqual(
        await Promise.all(asked),
        publishSteps.map(() => "1-1"),
      );
      assert.equal(await reader.ask("and now?"), "1-1");
      await withScript("read-warehouse", [warehouse], async (late) => {
        assert.equal(await late.answer(), "open");
        assert.equal(await late.ask("what do you see?"), "2-2");
      });
      assert.equal(await reader.ask("close"), "closed");
    });
  });
});
