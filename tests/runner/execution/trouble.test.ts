import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { outcomeOf, scratchProject } from "../../support/tonearm.ts";
import { waitFor } from "../../support/wait-for.ts";

const files = {
  "models/silver/numbers.sql": "/*--- { description: Numbers. } ---*/\nselect range as number_id from range(10)\n",
  "models/gold/total.sql":
    "/*--- { description: Total. } ---*/\nselect sum(number_id)::int as total from {{ref 'numbers'}}\n",
};
/** Long enough to be met at work, short enough to wait for. */
const slow =
  "/*--- { description: Slow. } ---*/\nselect sum(sqrt(a.range * b.range))::double as total from range(60000) as a, range(8000) as b\n";

test("a build with nothing to do does not load DuckDB", async (t) => {
  const hook = `import Module from "node:module";
const load = Module._load;
Module._load = (name, ...rest) => {
  if (name.includes("@duckdb/node-bindings")) throw new Error("DuckDB was loaded");
  return load(name, ...rest);
};`;
  const refusing = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const project = await scratchProject(t, files);
  assert.match((await project.runWith(refusing, "build")).stderr, /DuckDB was loaded/, "the refusal works");
  assert.equal((await project.run("build")).code, 0);
  const { code, stdout, stderr } = await project.runWith(refusing, "build");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Nothing to do/);
});

test("a second build names the first and exits 1, or waits for it", async (t) => {
  const project = await scratchProject(t, { ...files, "models/gold/slow.sql": slow });
  const first = project.start("build");
  const firstDone = outcomeOf(first);
  await waitFor(() => existsSync(join(project.dataDir, "locks", "build.json")));
  const second = await project.run("build");
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`another run holds the build lock: process ${first.pid}, tonearm build`));
  assert.match(second.stderr, /--wait 600/);
  const third = await project.run("build", "--wait", "60");
  assert.equal(third.code, 0);
  assert.match(third.stdout, /Waiting for process/);
  assert.equal((await firstDone).code, 0);
});

test("a build killed at work leaves the warehouse as it was, and the next needs no help", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.write({
    "models/gold/slow.sql": slow,
    "models/gold/total.sql": files["models/gold/total.sql"].replace("sum(", "1 + sum("),
  });
  const child = project.start("build");
  child.stdout?.resume();
  await waitFor(() => existsSync(join(project.dataDir, "build.duckdb")));
  child.kill("SIGKILL");
  await once(child, "close");
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 45 }]);
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual(await project.query("select total from gold.total"), [{ total: 46 }]);
  assert.deepEqual(
    (await readdir(project.dataDir)).filter((name) => name.startsWith("build.duckdb")),
    [],
  );
});

test("a data folder that cannot be written is said, with the remedy", async (t) => {
  const project = await scratchProject(t, files);
  await mkdir(join(project.root, "locked"));
  if (process.getuid?.() === 0) {
    // Root writes where it likes: a file in the folder's place refuses it all the same.
    await project.write({ data: "in the way" });
  } else {
    await mkdir(project.dataDir);
    await chmod(project.dataDir, 0o500);
  }
  const { code, stderr } = await project.run("build");
  assert.equal(code, 1);
  assert.match(stderr, /data/);
  assert.match(stderr, /DATA_DIR/);
  assert.doesNotMatch(stderr, /\n +at /, "no stack trace");
});

test("a full disk is said, nothing is lost, and the next build with room succeeds", async (t) => {
  const project = await scratchProject(t, files);
  await mkdir(project.dataDir);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", project.dataDir], { stdio: "ignore" });
  } catch {
    t.skip("mounting a small tmpfs is not allowed here");
    return;
  }
  try {
    assert.equal((await project.run("build")).code, 0);
    const big = "/*--- { description: Big. } ---*/\nselect hash(range) as big_id from range(2000000)\n";
    await project.write({ "models/gold/big.sql": big });
    const { code, stdout, stderr } = await project.run("build");
    assert.equal(code, 1);
    assert.match(stdout + stderr, /No space left on device|disk is full/i);
    assert.doesNotMatch(stderr, /\n +at /, "no stack trace");
    assert.deepEqual(await project.query("select total from gold.total"), [{ total: 45 }]);
    execFileSync("mount", ["-o", "remount,size=200m", project.dataDir]);
    assert.equal((await project.run("build")).code, 0);
    assert.deepEqual(await project.query("select count(*) as rows_kept from gold.big"), [{ rows_kept: 2_000_000 }]);
  } finally {
    execFileSync("umount", [project.dataDir]);
  }
});

test("readers keep their release while builds publish", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  const seen = new Set<unknown>();
  const building = new AbortController();
  const reader = (async () => {
    while (!building.signal.aborted)
      for (const { total } of await project.query("select total from gold.total")) seen.add(total);
  })();
  for (const offset of [1, 2, 3]) {
    await project.write({
      "models/gold/total.sql": files["models/gold/total.sql"].replace("sum(", `${offset} + sum(`),
    });
    assert.equal((await project.run("build")).code, 0);
  }
  building.abort();
  await reader;
  assert.ok(
    [...seen].every((total) => [45, 46, 47, 48].includes(Number(total))),
    `saw ${[...seen].join(", ")}`,
  );
  assert.ok(seen.size > 1);
});
