import assert from "node:assert/strict";
import { chmod, cp, link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { openRegistry } from "../../../runner/learning/registry.ts";
import { readWholeHistory } from "../../../runner/learning/whole-history.ts";
import { readCurrentRelease } from "../../../runner/warehouse/releases.ts";
import { countDecisions, killTraining } from "../../support/killed-training.ts";
import { landCatalogue } from "../../support/made-up-catalogue.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";
import { type Life, lifeIn, newLife } from "../../support/life.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** All of the project that is looked at here. */
const models = ["song_valence_scores", "model_performance_metrics"];

const select = ["--select", "mood_regression"];

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

/** What holds whenever nothing is under way: the alias, the predictions and the metrics agree, and nothing is pending. */
async function assertSettled(life: Life, version: number | null): Promise<void> {
  const { aliases, pending } = await readWholeHistory(life.dataDir);
  assert.deepEqual([aliases["mood_regression"]?.champion?.version ?? null, pending], [version, {}]);
  assert.deepEqual(await life.query("select distinct model_version::int as version from gold.song_valence_scores"), [
    { version },
  ]);
  assert.deepEqual(
    await life.query(
      "select version::int as version from gold.model_performance_metrics where model_name = 'mood_regression' and is_champion",
    ),
    version === null ? [] : [{ version }],
  );
}

/** A copy of a life that was built before, with its releases, so that each kill starts from the same. */
async function copyOf(life: Life, context: TestContext, name: string): Promise<Life> {
  const dataDir = join(life.root, name);
  await cp(life.dataDir, dataDir, { recursive: true });
  const release = await readCurrentRelease(life.dataDir);
  assert.ok(release !== null);
  await rm(join(dataDir, "warehouse.duckdb"));
  await link(join(dataDir, "releases", `${release.number}.duckdb`), join(dataDir, "warehouse.duckdb"));
  context.after(() => rm(dataDir, { recursive: true, force: true }));
  return lifeIn(life.root, dataDir, "UTC");
}

test("a promotion that kill -9 interrupts is ended by the next build or train", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landCatalogue(life);
  await life.build();
  const published = (stdout: string): boolean => /song_valence_scores[^]*Published release/.test(stdout);
  const moments: readonly (readonly [when: string, isTime: (life: Life, stdout: string) => boolean, next: string])[] = [
    ["as soon as the decision is written", ({ dataDir }) => countDecisions(dataDir) > 0, "build"],
    ["as soon as it is told, before the build", (_, stdout) => /version 1: The first champion/.test(stdout), "train"],
    ["while the predictions are built", (_, stdout) => /song_valence_scores/.test(stdout), "build"],
    ["as soon as the release is published", (_, stdout) => published(stdout), "build"],
  ];
  for (const [index, [when, isTime, next]] of moments.entries()) {
    await context.test(`${when}: ${next}`, async (inner) => {
      const copy = await copyOf(life, inner, `killed-${index}`);
      assert.ok(await killTraining(copy, select, (stdout) => isTime(copy, stdout)), "it was killed while it ran");
      const { code, stdout, stderr } = await run(copy, next, ...(next === "train" ? select : []));
      assert.equal(code, 0, stdout + stderr);
      await assertSettled(copy, 1);
      assert.match((await run(copy, "build")).stdout, /^Nothing to do/);
    });
  }
});

test("what the registry keeps outlives deleted features and corrupt files", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landCatalogue(life);
  await life.build();
  assert.equal((await run(life, "train", ...select)).code, 0);
  await assertSettled(life, 1);

  await context.test("a version that cannot be read does not become champion, and the champion stays", async () => {
    // What a training leaves that is killed right after its decision.
    const { toServe: version } = await openRegistry(life.dataDir).enter(
      trained({ config: valenceConfig(["energy", "tempo"]), rows: madeUpSongs(600) }),
    );
    assert.ok(version !== null && version > 1);
    const path = join(life.dataDir, "registry", "mood_regression", `${version}.model.json`);
    const text = await readFile(path, "utf8");
    await chmod(path, 0o600);
    await writeFile(path, text.slice(0, -20));
    const { code, stderr } = await run(life, "build");
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`mood_regression/${version}\\.model\\.json`));
    assert.match(stderr, /does not become champion: its files cannot be read\. The champion before it stays\./);
    assert.equal((await run(life, "build")).code, 0);
    await assertSettled(life, 1);
  });

  await context.test(
    "a version whose feature the training set has no more is still listed, and still names it",
    async () => {
      const path = join(life.root, "models/gold/predictive/training/mood_regression.sql");
      const sql = await readFile(path, "utf8");
      await writeFile(
        path,
        sql.replace(/^  - name: speechiness\n.*\n/m, "").replace(/.*any_value\(.*speechiness.*\n/, ""),
      );
      const { stdout, code } = await run(life, "registry");
      assert.match(stdout, /mood_regression +1 +champion/);
      // The corrupt version of before is named.
      assert.equal(code, 1);
      const again = await run(life, "train", ...select, "--force");
      assert.equal(again.code, 0, again.stdout + again.stderr);
      const card = await readFile(join(life.dataDir, "registry/mood_regression/1.md"), "utf8");
      assert.match(card, /speechiness/);
      const release = await readCurrentRelease(life.dataDir);
      assert.ok(release !== null);
      assert.deepEqual(await life.query("select count(prediction)::int as scored from gold.song_valence_scores"), [
        { scored: 80 },
      ]);
    },
  );
});
