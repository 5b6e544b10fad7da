import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "models/silver/all_days.sql": "select 1 as day union all select 2\n",
  "models/gold/bad_days.sql":
    "select day, 1 / (case when {{var 'limit_rows'}} > 2 then error('no day') else 1 end) as x from {{ref 'all_days'}}\n",
  "models/gold/late_days.sql": "select max(day) as day from {{ref 'all_days'}}\n",
  "models/gold/latest_day.sql": "select day from {{ref 'late_days'}}\n",
};

/** `created silver.all_days`, `SKIP gold.late_days (…)`: what a build says of each node, without place, count and time. */
function outcomes(stdout: string): readonly string[] {
  return stdout.split("\n").flatMap((line) => {
    const found = /^ *\d+ of \d+ (?:OK )?(\w+) (?:table )?(\w+\.\w+(?: \(.*\))?)/.exec(line);
    return found === null ? [] : [`${found[1] ?? ""} ${found[2] ?? ""}`];
  });
}

test("--fail-fast begins nothing after a failure, and result: and state: build what is left", async (t) => {
  const project = await scratchProject(t, files);
  const failed = await project.run("build", "--fail-fast", "--threads", "1");
  assert.equal(failed.code, 1);
  assert.deepEqual(outcomes(failed.stdout), [
    "created silver.all_days",
    "ERROR gold.bad_days",
    "SKIP gold.late_days (gold.bad_days failed, and --fail-fast stops there)",
    "SKIP gold.latest_day (gold.late_days was skipped)",
  ]);

  const rest = await project.run("build", "--select", "result:error result:skipped", "--vars", "{limit_rows: 1}");
  assert.equal(rest.code, 0, rest.stdout);
  assert.deepEqual(outcomes(rest.stdout).toSorted(), [
    "created gold.bad_days",
    "created gold.late_days",
    "created gold.latest_day",
  ]);

  await cp(join(project.root, "target"), join(project.root, "before"), { recursive: true });
  await project.write({ "models/gold/late_days.sql": "select max(day) + 1 as day from {{ref 'all_days'}}\n" });
  const listed = await project.run("list", "--select", "state:modified+", "--state", "before");
  assert.deepEqual(listed.stdout.match(/gold\.\w+/g), ["gold.late_days", "gold.latest_day"]);
  const without = await project.run("list", "--select", "state:modified");
  assert.equal(without.code, 2);
  assert.match(without.stderr, /state: needs an older manifest\.json to compare with\n\n--state <folder>/);
  await project.write({ "before/manifest.json": "{}" });
  const strange = await project.run("list", "--select", "state:modified", "--state", "before");
  assert.match(strange.stderr, /before\/manifest\.json is of another version, or no file of tonearm/);
});

test("--log-format json says everything in JSON lines; clean takes target/ away", async (t) => {
  const project = await scratchProject(t, {
    "models/silver/all_days.sql": "select 1 as day\n",
    "models/gold/late_days.sql": "select day from {{ref 'all_days'}}\n",
  });
  const parse = (text: string): readonly Record<string, unknown>[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line): Record<string, unknown> => JSON.parse(line));
  const built = await project.run("build", "--log-format", "json");
  assert.equal(built.code, 0, built.stderr);
  const lines = parse(built.stdout);
  assert.ok(lines.every(({ level, time }) => level === "info" && typeof time === "number"));
  const node = lines.find(({ msg }) => msg === "node finished");
  assert.deepEqual([node?.["node"], node?.["status"], node?.["rows"]], ["model.small.all_days", "success", 1]);
  assert.ok(lines.some(({ msg }) => /^Done in .*PASS=2 /.test(String(msg))));

  await project.write({ "models/silver/all_days.sql": "select 1 as day from {{ref 'day'}}\n" });
  const mistaken = await project.run("compile", "--log-format=json");
  assert.equal(mistaken.code, 2);
  const [line] = parse(mistaken.stdout);
  assert.equal(line?.["level"], "error");
  assert.match(
    JSON.stringify(line?.["diagnostics"]),
    /^\[\{"path":"models\/silver\/all_days.sql","line":1,"column":28,.*"message":"ref 'day' names no model or seed"/,
  );
  assert.equal(mistaken.stderr, "");
  assert.match(
    (await project.run("list", "--log-format", "xml")).stderr,
    /--log-format 'xml' is no format\n\ntext or json/,
  );

  assert.ok(existsSync(join(project.root, "target")));
  assert.equal((await project.run("clean")).stdout, "Deleted target/.\n");
  assert.ok(!existsSync(join(project.root, "target")));
  assert.equal((await project.query("select count(*) as n from silver.all_days"))[0]?.["n"], 1);
});
