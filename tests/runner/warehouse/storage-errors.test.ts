import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { openJournal, readJournal } from "../../../runner/execution/journal.ts";
import { dataFolder } from "../../../runner/warehouse/data-folder.ts";
import { withLock } from "../../../runner/warehouse/locks.ts";
import { prepareBuild } from "../../support/prepare-build.ts";
import { publishBuild } from "../../../runner/warehouse/publish-build.ts";
import { toStorageError } from "../../../runner/warehouse/storage-errors.ts";
import { makeRelease, readRelease, shortState, writeBuild } from "../../support/make-release.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";
import { onSmallDisk, whyNoSmallDisk } from "../../support/small-disk.ts";

const run = promisify(execFile);

const skip = await whyNoSmallDisk();

async function fill(folder: string): Promise<void> {
  await writeFile(join(folder, "filling"), Buffer.alloc(64 << 20)).catch(() => {});
}

async function failureOf(work: Promise<unknown>): Promise<ProjectError> {
  const error: unknown = await work.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProjectError, String(error));
  assert.equal(error.exitCode, 1);
  return error;
}

function lockBuild(dataDir: string): Promise<string> {
  const lock = { dataDir, name: "build" as const, command: "tonearm build", runId: "run-1", waitSeconds: 0 };
  return withLock({ ...lock, startedAt: new Date() }, () => Promise.resolve("held"));
}

test("an error of DuckDB that ends in the system's words is known by them", () => {
  const error = new Error('IO Error: Could not write file "/disk/spill": No space left on device');
  const known = toStorageError(error, "data");
  assert.ok(known instanceof ProjectError);
  assert.match(known.message, /^\/disk\/spill the disk is full\n\nFree some space/);
  assert.equal(known.cause, error);
});

test("any other error stays what it is", () => {
  const error = new Error("Binder Error: no such column");
  assert.equal(toStorageError(error, "data"), error);
  assert.equal(toStorageError("text", "data"), "text");
});

test("a path that is a file where a folder should be is no storage error", async () => {
  await inScratchFolder(async (folder) => {
    await writeFile(join(folder, "data"), "");
    await assert.rejects(dataFolder(join(folder, "data")), /EEXIST|ENOTDIR/);
  });
});

test("a full disk: the lock, the journal and the first folders name the path and the remedy", { skip }, async () => {
  await onSmallDisk(1, async (disk) => {
    await dataFolder(disk);
    const journal = await openJournal(disk, "run-1", () => new Date("2026-11-22T10:11:12Z"));
    journal.write({ event: "warning", message: "before" });
    await fill(disk);
    assert.match(
      (await failureOf(lockBuild(disk))).message,
      /locks\/build\.duckdb.* the disk is full\n\nFree some space/,
    );
    const message = "longer than the page that is left ".repeat(300);
    const journalling = Promise.resolve().then(() => journal.write({ event: "warning", message }));
    assert.match((await failureOf(journalling)).message, /runs\/run-1\.jsonl the disk is full/);

    await run("rm", [join(disk, "filling")]);
    journal.write({ event: "warning", message: "after" });
    journal.close();
    const messages = (await readJournal(journal.path)).map((entry) => entry.event === "warning" && entry.message);
    assert.deepEqual(messages, ["before", "after"]);
  });
});

test("a disk that fills up before the copy or during the publish leaves the release as it was", { skip }, async () => {
  await onSmallDisk(8, async (disk) => {
    const warehouse = join(disk, "warehouse.duckdb");
    await makeRelease(disk, 1);
    await fill(disk);
    assert.match((await failureOf(prepareBuild(disk))).message, /build\.duckdb the disk is full/);
    assert.deepEqual(await readRelease(warehouse), { content: 1, history: [1] });
    assert.ok(!(await readdir(disk)).includes("build.duckdb"));

    await run("rm", [join(disk, "filling")]);
    await writeBuild((await prepareBuild(disk)).path, 2);
    await fill(disk);
    const publishing = publishBuild(disk, shortState, { keepReleases: 1 });
    assert.match((await failureOf(publishing)).message, /the disk is full/);
    assert.deepEqual(await readRelease(warehouse), { content: 1, history: [1] });

    await run("rm", [join(disk, "filling")]);
    const { release } = await makeRelease(disk, 3, { keepReleases: 1 });
    assert.equal(release, 2);
    assert.deepEqual(await readRelease(warehouse), { content: 3, history: [1, 3] });
    assert.deepEqual((await readdir(join(disk, "releases"))).toSorted(), ["2.duckdb", "2.json"]);
  });
});

test("a read-only disk is named as such by every step", { skip }, async () => {
  await onSmallDisk(8, async (disk) => {
    await makeRelease(disk, 1);
    await lockBuild(disk);
    await run("mount", ["-o", "remount,ro", disk]);
    const pattern = /the file system is read-only\n\nMount it writable, or move the data folder \(DATA_DIR\)\./;
    assert.match((await failureOf(lockBuild(disk))).message, pattern);
    assert.match((await failureOf(prepareBuild(disk))).message, pattern);
    assert.match((await failureOf(dataFolder(join(disk, "demo")))).message, pattern);
    assert.match((await failureOf(openJournal(disk, "run-1", () => new Date()))).message, pattern);
  });
});

const isRoot = process.getuid?.() === 0;

test("a folder without permission is named", { skip: isRoot && "root may write everywhere" }, async () => {
  await inScratchFolder(async (folder) => {
    await mkdir(join(folder, "closed"), { mode: 0o500 });
    const error = await failureOf(dataFolder(join(folder, "closed/data")));
    assert.match(error.message, /this user has no permission to read or write here/);
  });
});
