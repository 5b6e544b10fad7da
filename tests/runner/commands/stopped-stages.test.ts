import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { readHistory } from "../../../runner/execution/read-history.ts";
import { lastAttempts, type Run } from "../../../runner/execution/run-history.ts";
import { query, startTestPostgres } from "../../support/postgres.ts";
import { type SpotifyLife, withSpotifyLife } from "../../support/spotify-life.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";
import { waitFor } from "../../support/wait-for.ts";

/** Some hours of work. */
const endless = "select sum(sqrt(a.range * b.range))::double as total from range(10000000) as a, range(1000000) as b\n";
/** Minutes of fitting. */
const songs = `/*---
description: A training set.
materialized: trained_model
tags: [predictive]
training: { task: regression, label: label, key: id, group: id, algorithms: [boosted_trees] }
columns:
  - { name: id, description: Key. }
  - { name: label, description: Label. }
  - { name: one, description: A feature. }
  - { name: two, description: Another. }
  - { name: three, description: A third. }
---*/
select
    range as id,
    (hash(range + 1) % 1000) / 1000 as one,
    (hash(range + 2) % 1000) / 1000 as two,
    (hash(range + 3) % 1000) / 1000 as three,
    one * two + (hash(range + 4) % 1000) / 1000 as label

from range(200000)
`;
const models = {
  "models/gold/endless.sql": `/*--- { description: Endless. } ---*/\n${endless}`,
  "models/gold/endless_scores.sql": `/*--- { description: Endless, tags: [predictive] } ---*/\n${endless}`,
  "models/gold/songs.sql": songs,
};

const historyOf = async ({ dataDir }: SpotifyLife): Promise<readonly Run[]> =>
  (await readHistory({ runsFolder: join(dataDir, "runs") })).runs;

interface Stopping {
  readonly isAtWork: () => boolean | Promise<boolean>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Stops a stage in the midst of its work; one that does not end within 8 seconds ends by the signal itself, with no exit code. */
async function stop(life: SpotifyLife, stage: string, { isAtWork, environment }: Stopping): Promise<void> {
  const child = startTonearm(["stage", stage], {
    cwd: life.root,
    environment: { ...life.environment, ...environment },
  });
  const outcome = outcomeOf(child);
  await waitFor(() => {
    assert.equal(child.exitCode, null, `${stage} is over before it is stopped`);
    return isAtWork();
  });
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await outcome;
  assert.equal(code, 143, `${child.signalCode} ${stdout}${stderr}`);
  const last = (await historyOf(life)).findLast(({ command }) => command === "stage");
  assert.deepEqual(
    lastAttempts(last ?? assert.fail()).map((attempt) => [attempt.stage, attempt.status, attempt.error?.kind]),
    [[stage, "failed", "stopped"]],
  );
  // Whoever holds a lock notes it beside it.
  const locks = readdirSync(join(life.dataDir, "locks")).filter((name) => name.endsWith(".json"));
  assert.deepEqual(locks, []);
}

async function stopExport(life: SpotifyLife, context: TestContext): Promise<void> {
  const postgres = await startTestPostgres();
  context.after(postgres.stop);
  const url = new URL(await postgres.database());
  let isHeld = false;
  const onReached = (): Promise<"hold"> => {
    isHeld = true;
    return Promise.resolve("hold");
  };
  // From here on the server hears nothing any more.
  const proxy = await startTcpProxy({ to: postgres.port, after: 3000, onReached });
  context.after(proxy.close);
  const through = new URL(url);
  through.port = String(proxy.port);
  await stop(life, "export", { isAtWork: () => isHeld, environment: { POSTGRES_URL: through.href } });
  const schemas = "select schema_name from information_schema.schemata where schema_name in ('gold', 'meta')";
  assert.deepEqual(await query(url.href, schemas), []);
}

test("SIGTERM ends every stage in the midst of its work, as stopped, and leaves no lock and no half of anything", async (context) => {
  await withSpotifyLife(context, async (life) => {
    await life.logIn();
    await life.write(models);
    const isBuilding = (node: string) => (): boolean =>
      readdirSync(join(life.dataDir, "runs")).some((name) =>
        readFileSync(join(life.dataDir, "runs", name), "utf8").includes(
          `"node_started","node":"model.tonearm.${node}"`,
        ),
      );

    await context.test("train, while it fits", async () => {
      const isFitting = async (): Promise<boolean> =>
        (await historyOf(life)).some(({ parent, status }) => parent?.stage === "train" && status === "success");
      await stop(life, "train", { isAtWork: isFitting });
      assert.ok(!existsSync(join(life.dataDir, "registry/songs")));
    });

    await context.test("export, while it sends", (inner) => stopExport(life, inner));

    for (const [stage, node] of [
      ["build", "endless"],
      ["predictive", "endless_scores"],
    ] as const)
      await context.test(`${stage}, in a statement`, async () => {
        await stop(life, stage, { isAtWork: isBuilding(node) });
        assert.deepEqual(readdirSync(join(life.dataDir, "releases")).toSorted(), ["1.duckdb", "1.json"]);
        assert.ok(!existsSync(join(life.dataDir, "build.duckdb")));
      });

    life.fake.hold = () => new Promise(() => undefined);
    for (const stage of ["poll", "bronze"])
      await context.test(`${stage}, while Spotify does not answer`, async () => {
        life.fake.requests.splice(0);
        await stop(life, stage, { isAtWork: () => life.fake.requests.length > 0 });
        assert.ok(!existsSync(join(life.dataDir, "bronze/listening_history")));
      });
  });
});
