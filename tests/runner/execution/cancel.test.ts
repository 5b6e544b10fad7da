import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { readJournal } from "../../../runner/execution/journal.ts";
import { outcomeOf, type Scratch, scratchProject } from "../../support/tonearm.ts";
import { waitFor } from "../../support/wait-for.ts";

const numbers = "/*--- { description: Numbers. } ---*/\nselect range as number_id from range(10)\n";
const total = "/*--- { description: Total. } ---*/\nselect sum(number_id)::int as total from {{ref 'numbers'}}\n";
const files = { "models/silver/numbers.sql": numbers, "models/gold/total.sql": total };
/** Some hours of work: only an interrupt ends it. */
const endless =
  "/*--- { description: Endless. } ---*/\nselect sum(sqrt(a.range * b.range))::double as total from range(10000000) as a, range(1000000) as b\n";
const isAtWork = ({ dataDir }: Scratch) =>
  readdirSync(join(dataDir, "runs")).some((name) =>
    readFileSync(join(dataDir, "runs", name), "utf8").includes('"node_started","node":"model.small.endless"'),
  );

/** How the journal of the newest run ends: status and exit code. */
async function lastStatus({ dataDir }: Scratch): Promise<unknown> {
  const name = readdirSync(join(dataDir, "runs")).toSorted().at(-1) ?? "";
  const last = (await readJournal(join(dataDir, "runs", name))).at(-1);
  return last?.event === "run_finished" ? [last.status, last.exitCode] : last;
}

for (const [signal, code, next] of [
  ["SIGTERM", 143, "retry"],
  ["SIGINT", 130, "build"],
] as const) {
  test(`${signal} ends a build in the midst of a statement: nothing published, nothing left, the lock free, and ${next} does it all`, async (t) => {
    const project = await scratchProject(t, files);
    assert.equal((await project.run("build")).code, 0);
    await project.write({
      "models/gold/total.sql": total.replace("sum(", "1 + sum("),
      "models/gold/endless.sql": endless,
    });
    const child = project.start("build");
    const outcome = outcomeOf(child);
    await waitFor(() => isAtWork(project));
    child.kill(signal);
    const { code: exitCode, stdout, stderr } = await outcome;
    assert.equal(exitCode, code, stderr);
    assert.equal(stderr, `Stopped by ${signal}.\n`);
    assert.doesNotMatch(stdout, /ERROR|endless/);
    assert.deepEqual(await lastStatus(project), ["cancelled", code]);
    assert.deepEqual(await project.query("select total from gold.total"), [{ total: 45 }]);
    assert.ok(!existsSync(join(project.dataDir, "locks/build.json")));
    assert.deepEqual(readdirSync(join(project.dataDir, "releases")).toSorted(), ["1.duckdb", "1.json"]);
    assert.ok(!existsSync(join(project.dataDir, "build.duckdb")));
    await project.remove("models/gold/endless.sql");
    const mended = await project.run(next);
    assert.equal(mended.code, 0, mended.stderr);
    const isRetried = /^Retrying run \S+: it ended with cancelled, and nothing of it was published\.$/m.test(
      mended.stdout,
    );
    assert.equal(isRetried, next === "retry", mended.stdout);
    assert.deepEqual(await project.query("select total from gold.total"), [{ total: 46 }]);
    assert.deepEqual(await project.query("select status from meta.runs order by run_id"), [
      { status: "success" },
      { status: "failed" },
      { status: null },
    ]);
  });
}

test("a build that waits for another one's lock ends by SIGTERM, and the other goes on", async (t) => {
  const project = await scratchProject(t, { ...files, "models/gold/endless.sql": endless });
  const first = project.start("build");
  const firstOutcome = outcomeOf(first);
  await waitFor(() => existsSync(join(project.dataDir, "runs")) && isAtWork(project));
  const second = project.start("build", "--wait", "600");
  const secondOutcome = outcomeOf(second);
  await once(second.stdout ?? second, "data");
  second.kill("SIGTERM");
  const { code, stdout, stderr } = await secondOutcome;
  assert.equal(code, 143);
  assert.match(stdout, new RegExp(`^Waiting for process ${first.pid}, tonearm build`));
  assert.equal(stderr, "Stopped by SIGTERM.\n");
  assert.equal(first.exitCode, null);
  // The second signal in a row is for people who do not want to wait.
  first.kill("SIGINT");
  first.kill("SIGINT");
  await firstOutcome;
  assert.ok(first.signalCode === "SIGINT" || first.exitCode === 130, `${first.signalCode} ${first.exitCode}`);
});
