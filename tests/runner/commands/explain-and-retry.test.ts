import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { scratchProject, type Scratch } from "../../support/tonearm.ts";
import { waitFor } from "../../support/wait-for.ts";

const seed = `description: Numbers.
columns:
  - { name: n, data_type: INTEGER, description: A number. }
`;
const numbers = "select n from {{ref 'numbers'}}\n";
/** Fails on numbers above the limit. */
const small = `/*---
description: Small numbers.
columns:
  - name: n
    description: A number.
    data_tests: [range: { max: 2 }]
---*/
select n from {{ref 'all_numbers'}}
`;
const files = {
  "seeds/numbers.yml": seed,
  "seeds/numbers.csv": "n\n1\n2\n",
  "models/silver/all_numbers.sql": numbers,
  "models/gold/small.sql": small,
  "models/gold/doubled.sql": "select n * 2 as n from {{ref 'small'}}\n",
  "models/gold/evens.sql": "select count(*) as evens from {{ref 'all_numbers'}} where n % 2 = 0\n",
};

/** The lines of `explain`, without heading and summary, as `relation | action | reason`. */
async function explained(project: Scratch, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await project.run("explain", ...args);
  assert.equal(code, 0, stderr);
  const [table = ""] = stdout.split("\n\n");
  return table
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "<time>")
        .split(/ {2,}/)
        .join(" | "),
    );
}

test("explain gives the reason of every build, reuse, hold and skip; retry mends what failed", async (t) => {
  const project = await scratchProject(t, files);
  assert.deepEqual(await explained(project), [
    "seeds.numbers | build | first build",
    "silver.all_numbers | build | first build",
    "gold.small | build | first build",
    "gold.doubled | build | first build",
    "gold.evens | build | first build",
  ]);
  assert.equal((await project.run("retry")).code, 1);
  assert.equal((await project.run("build")).code, 0);
  assert.match((await project.run("retry")).stdout, /^Nothing to retry: run \S+ left nothing undone\.$/m);

  await project.write({
    "seeds/numbers.csv": "n\n1\n2\n3\n",
    "models/gold/evens.sql": "select count(*) as evens, 'x' as x from {{ref 'all_numbers'}} where n % 2 = 0\n",
  });
  assert.deepEqual(await explained(project), [
    "seeds.numbers | build | its file changed",
    "silver.all_numbers | check | seeds.numbers may change",
    "gold.small | check | silver.all_numbers may change",
    "gold.doubled | check | gold.small may change",
    "gold.evens | build | its SQL changed",
  ]);
  assert.equal((await project.run("build")).code, 1);
  const failure = "models/gold/small.sql:6:18 data test range_small_n fails on 1 row";
  assert.deepEqual((await explained(project, "--run", "last")).toSorted(), [
    "gold.doubled | skipped | gold.small failed",
    "gold.evens | built | its SQL changed; silver.all_numbers changed",
    `gold.small | error | silver.all_numbers changed; ${failure}`,
    "seeds.numbers | built | its file changed",
    "silver.all_numbers | built | seeds.numbers changed",
  ]);
  assert.deepEqual(await explained(project), [
    "seeds.numbers | reuse | nothing changed",
    "silver.all_numbers | reuse | nothing changed",
    `gold.small | build | held since <time>: ${failure}; silver.all_numbers changed`,
    "gold.doubled | check | held since <time>: gold.small failed; gold.small may change",
    "gold.evens | reuse | nothing changed",
  ]);

  await project.write({ "models/gold/small.sql": small.replace("max: 2", "max: 3") });
  const { code, stdout } = await project.run("retry");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^Retrying run \S+: 2 of its nodes failed or were skipped\.$/m);
  assert.match(stdout, /TOTAL=3$/m);
  assert.deepEqual(await explained(project, "--run", "last"), [
    "gold.small | built | silver.all_numbers changed",
    "gold.doubled | built | gold.small changed",
  ]);
  assert.deepEqual(await project.query("select n from gold.doubled order by n"), [{ n: 2 }, { n: 4 }, { n: 6 }]);
});

test("rows that come out as they were are a reason to reuse", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  await project.write({ "models/silver/all_numbers.sql": "select n from {{ref 'numbers'}} where true\n" });
  assert.equal((await project.run("build")).code, 0);
  assert.deepEqual((await explained(project, "--run", "last", "--select", "all_numbers+")).toSorted(), [
    "gold.doubled | reused | what it reads came out as it was",
    "gold.evens | reused | what it reads came out as it was",
    "gold.small | reused | what it reads came out as it was",
    "silver.all_numbers | built | its SQL changed",
  ]);
});

test("a run that was killed is retried with what it was asked for", async (t) => {
  const slow = "select count(*) as n from range(400000) as a, range(4000) as b where hash(a.range, b.range) % 7 = 1\n";
  const project = await scratchProject(t, { ...files, "models/gold/slow.sql": slow });
  const child = project.start("build", "--select", "slow evens+ +small", "--vars", "{limit_rows: 7}");
  const runs = join(project.dataDir, "runs");
  const journal = (): string => {
    const [name] = existsSync(runs) ? readdirSync(runs) : [];
    return name === undefined ? "" : readFileSync(join(runs, name), "utf8");
  };
  await waitFor(() => journal().includes(`"node_started","node":"model.small.slow"`));
  child.kill("SIGKILL");
  await once(child, "close");
  assert.ok(
    (await explained(project, "--run", "last")).includes("gold.slow | unfinished | the run ended while it was at work"),
  );
  await project.write({ "models/gold/slow.sql": "select {{var 'limit_rows'}} as n\n" });
  const { code, stdout } = await project.run("retry");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^Retrying run \S+: it was killed, and nothing of it was published\.$/m);
  assert.deepEqual(await project.query("select n from gold.slow"), [{ n: 7 }]);
  const relations = await project.query("select relation from meta.relations order by relation");
  assert.deepEqual(
    relations.map(({ relation }) => relation),
    ["gold.evens", "gold.slow", "gold.small", "seeds.numbers", "silver.all_numbers"],
  );
});
