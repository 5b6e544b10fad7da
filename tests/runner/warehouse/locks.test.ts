import assert from "node:assert/strict";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { dataFolder } from "../../../runner/warehouse/data-folder.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { describeHolder, type LockHolder, type LockOptions, withLock } from "../../../runner/warehouse/locks.ts";
import { withScript } from "../../support/child-script.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

function buildLock(dataDir: string, changes: Partial<LockOptions> = {}): LockOptions {
  const startedAt = new Date("2026-11-22T09:00:00Z");
  return { dataDir, name: "build", command: "tonearm build", runId: "mine", startedAt, waitSeconds: 0, ...changes };
}

async function failureOf(work: Promise<unknown>): Promise<ProjectError> {
  const error: unknown = await work.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProjectError, String(error));
  return error;
}

test("withLock gives back what the work gives back, and notes the holder only meanwhile", async () => {
  await inScratchFolder(async (dataDir) => {
    const note = await withLock(buildLock(dataDir), () => readFile(join(dataDir, "locks/build.json"), "utf8"));
    assert.deepEqual(JSON.parse(note), {
      pid: process.pid,
      command: "tonearm build",
      runId: "mine",
      startedAt: "2026-11-22T09:00:00.000Z",
    });
    assert.deepEqual(await readdir(join(dataDir, "locks")), ["build.duckdb"]);
  });
});

test("a failure of the work comes out as it is and frees the lock", async () => {
  await inScratchFolder(async (dataDir) => {
    await assert.rejects(
      withLock(buildLock(dataDir), () => Promise.reject(new Error("Could not set lock on file: not this lock's"))),
      new Error("Could not set lock on file: not this lock's"),
    );
    assert.equal(await withLock(buildLock(dataDir), () => Promise.resolve("free")), "free");
  });
});

test("two runs of one process never hold the same lock together", async () => {
  await inScratchFolder(async (dataDir) => {
    const log: string[] = [];
    const run = (runId: string) =>
      withLock(buildLock(dataDir, { runId, waitSeconds: 30 }), async () => {
        log.push("in");
        await sleep(30);
        log.push("out");
      });
    await Promise.all([run("one"), run("two"), run("three")]);
    assert.deepEqual(log, ["in", "out", "in", "out", "in", "out"]);
  });
});

test("a folder reached by another path is the same folder", async () => {
  await inScratchFolder(async (folder) => {
    await dataFolder(join(folder, "data"));
    await symlink(join(folder, "data"), join(folder, "link"));
    await withLock(buildLock(join(folder, "data")), async () => {
      const error = await failureOf(withLock(buildLock(join(folder, "link")), () => Promise.resolve()));
      assert.match(error.message, /another run holds the build lock/);
    });
  });
});

test("the bronze lock is free while the build lock is held", async () => {
  await inScratchFolder(async (dataDir) => {
    const inner = await withLock(buildLock(dataDir), () =>
      withLock(buildLock(dataDir, { name: "bronze" }), () => Promise.resolve("landed")),
    );
    assert.equal(inner, "landed");
  });
});

test("the run that comes second names the first one and the remedy, and has exit code 1", async () => {
  await inScratchFolder(async (dataDir) => {
    await withScript("hold-lock", [dataDir, "build", "train"], async (first) => {
      assert.equal(await first.answer(), "held");
      const error = await failureOf(withLock(buildLock(dataDir), () => Promise.resolve()));
      assert.equal(error.exitCode, 1);
      assert.deepEqual(error.diagnostics, [
        {
          path: join(dataDir, "locks/build.duckdb"),
          message: `another run holds the build lock: process ${first.pid}, train, run run-of-train, since 2026-11-22T10:11:12.000Z`,
          hint: "Run again when it has ended, or let this command wait for it: --wait 600 (seconds).",
        },
      ]);
      assert.equal(await first.ask("let go"), "released");
    });
    assert.equal(await withLock(buildLock(dataDir), () => Promise.resolve("free")), "free");
  });
});

test("a second try in the holding process does not open the door to a third one elsewhere", async () => {
  await inScratchFolder(async (dataDir) => {
    await withLock(buildLock(dataDir), async () => {
      const here = await failureOf(withLock(buildLock(dataDir), () => Promise.resolve()));
      assert.match(here.message, new RegExp(`process ${process.pid}, tonearm build, run mine, since`));
      await withScript("hold-lock", [dataDir, "build", "train"], async (other) => {
        const refusal = String(await other.answer());
        assert.match(refusal, new RegExp(`process ${process.pid}, tonearm build, run mine, since`));
      });
    });
  });
});

test("a run that waits is told once for whom, and goes on when the holder lets go", async () => {
  await inScratchFolder(async (dataDir) => {
    await withScript("hold-lock", [dataDir, "build", "train"], async (first) => {
      assert.equal(await first.answer(), "held");
      const told: string[] = [];
      const onWait = (holder: LockHolder) => told.push(describeHolder(holder));
      const second = withLock(buildLock(dataDir, { waitSeconds: 60, onWait }), () => Promise.resolve("second"));
      await sleep(700);
      assert.equal(await first.ask("let go"), "released");
      assert.equal(await second, "second");
      assert.deepEqual(told, [`process ${first.pid}, train, run run-of-train, since 2026-11-22T10:11:12.000Z`]);
    });
  });
});

test("a run that waited in vain says how long", async () => {
  await inScratchFolder(async (dataDir) => {
    await withLock(buildLock(dataDir), async () => {
      const error = await failureOf(withLock(buildLock(dataDir, { waitSeconds: 0.2 }), () => Promise.resolve()));
      assert.match(error.message, /did not let go within 0\.2 s: process/);
    });
  });
});

test("a holder killed with -9 frees the lock at once, and its note is not held against anyone", async () => {
  await inScratchFolder(async (dataDir) => {
    await withScript("hold-lock", [dataDir, "build", "train"], async (first) => {
      assert.equal(await first.answer(), "held");
      await first.kill();
    });
    assert.deepEqual((await readdir(join(dataDir, "locks"))).toSorted(), ["build.duckdb", "build.json"]);
    const note = await withLock(buildLock(dataDir), () => readFile(join(dataDir, "locks/build.json"), "utf8"));
    assert.match(note, /"runId":"mine"/);
    assert.deepEqual(await readdir(join(dataDir, "locks")), ["build.duckdb"]);
  });
});

test("a holder without a note of its own is named by its process, not by the note of a dead run", async () => {
  await inScratchFolder(async (dataDir) => {
    const { locks } = await dataFolder(dataDir);
    await withLock(buildLock(dataDir), () => Promise.resolve());
    const dead = { pid: 1, command: "tonearm build", runId: "dead", startedAt: "2026-11-22T10:11:12.000Z" };
    await writeFile(join(locks, "build.json"), JSON.stringify(dead));
    await withScript("open-database", [join(locks, "build.duckdb")], async (client) => {
      assert.equal(await client.answer(), "open");
      const error = await failureOf(withLock(buildLock(dataDir), () => Promise.resolve()));
      assert.equal(error.diagnostics[0]?.message, `another run holds the build lock: process ${client.pid}`);
    });
  });
});

test("many processes that meet in an empty folder get the lock one after the other", async () => {
  await inScratchFolder(async (dataDir) => {
    const turns = ["a", "b", "c"].map((command) =>
      withScript("hold-lock", [dataDir, "build", command, "60"], async (script) => {
        assert.equal(await script.answer(), "held");
        const error = await failureOf(withLock(buildLock(dataDir), () => Promise.resolve()));
        assert.match(error.message, new RegExp(`process ${script.pid}, ${command}, run`));
        assert.equal(await script.ask("let go"), "released");
      }),
    );
    await Promise.all(turns);
    assert.deepEqual(await readdir(join(dataDir, "locks")), ["build.duckdb"]);
  });
});

test("what a process left that died while it made the lock file is swept and hinders nobody", async () => {
  await inScratchFolder(async (dataDir) => {
    const { locks } = await dataFolder(dataDir);
    await writeFile(join(locks, "build.duckdb.0d1f"), "torn");
    assert.equal(await withLock(buildLock(dataDir), () => Promise.resolve("held")), "held");
    assert.deepEqual(await readdir(locks), ["build.duckdb"]);
  });
});

test("a damaged lock file is named with the remedy", async () => {
  await inScratchFolder(async (dataDir) => {
    const { locks } = await dataFolder(dataDir);
    await writeFile(join(locks, "build.duckdb"), "no database");
    const error = await failureOf(withLock(buildLock(dataDir), () => Promise.resolve()));
    assert.match(error.message, /build\.duckdb the lock file is damaged\n\nRemove the file/);
  });
});

test("the work opens databases of its own while the lock is held", async () => {
  await inScratchFolder(async (dataDir) => {
    const rows = await withLock(buildLock(dataDir), () =>
      withDuckDB({ path: join(dataDir, "build.duckdb") }, async (database) =>
        (await database.connect()).query("select sum(range)::integer as total from range(1000)"),
      ),
    );
    assert.deepEqual(rows, [{ total: 499500 }]);
  });
});
