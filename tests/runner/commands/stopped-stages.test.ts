import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { readHistory } from "../../../runner/execution/read-history.ts";
import { lastAttempts, type Run } from "../../../runner/execution/run-history.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { type SpotifyLife, withSpotifyLife } from "../../support/spotify-life.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { startTonearm } from "../../support/tonearm.ts";
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
  /** Runs while the stage, which has been told to end, may still be at work. */
  readonly afterwards?: (() => Promise<void>) | undefined;
}

/** A stage in the midst of its work. */
async function begin(life: SpotifyLife, stage: string, { isAtWork, environment }: Stopping): Promise<ChildProcess> {
  const child = startTonearm(["stage", stage], {
    cwd: life.root,
    environment: { ...life.environment, ...environment },
  });
  child.stdout?.resume();
  child.stderr?.resume();
  await waitFor(() => {
    assert.equal(child.exitCode, null, `${stage} is over before it is stopped`);
    return isAtWork();
  });
  return child;
}

/** What the journals tell of the stage that ran last. */
async function lastStage(life: SpotifyLife): Promise<unknown> {
  const last = (await historyOf(life)).findLast(({ command }) => command === "stage");
  return lastAttempts(last ?? assert.fail()).map(({ stage, status, error }) => [stage, status, error?.kind]);
}

/** Ends a stage that is at work; one that does not end within 8 seconds ends by the signal itself, with no exit code. */
async function stop(life: SpotifyLife, stage: string, stopping: Stopping): Promise<void> {
  const child = await begin(life, stage, stopping);
  child.kill("SIGTERM");
  await stopping.afterwards?.();
  await exitOf(child);
  assert.deepEqual([child.exitCode, child.signalCode], [143, null]);
  assert.deepEqual(await lastStage(life), [[stage, "failed", "stopped"]]);
  // Whoever holds a lock notes it beside it.
  const locks = readdirSync(join(life.dataDir, "locks")).filter((name) => name.endsWith(".json"));
  assert.deepEqual(locks, []);
}

/** Ends a stage that has not ended yet by the first signal, as its work hears of none. */
async function stopTwice(life: SpotifyLife, stage: string, stopping: Stopping): Promise<void> {
  const child = await begin(life, stage, stopping);
  child.kill("SIGTERM");
  await sleep(300);
  assert.equal(child.exitCode ?? child.signalCode, null, `${stage} ended by the first signal`);
  const asked = performance.now();
  child.kill("SIGTERM");
  await exitOf(child);
  assert.deepEqual([child.exitCode, child.signalCode], [null, "SIGTERM"]);
  assert.ok(performance.now() - asked < 2000);
  assert.deepEqual(await lastStage(life), [[stage, "failed", "killed"]]);
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Stops exports at moments after which nothing of them may count. */
async function stopExports(life: SpotifyLife, context: TestContext): Promise<void> {
  const postgres = await startTestPostgres();
  context.after(postgres.stop);
  const whole = await throughProxy(postgres, context);
  const child = startTonearm(["stage", "export"], {
    cwd: life.root,
    environment: { ...life.environment, ...whole.environment },
  });
  await exitOf(child);
  assert.equal(child.exitCode, 0);
  const stopAt = async (
    after: number,
    end: typeof stop,
    options: { readonly isHeldForever: boolean },
  ): Promise<void> => {
    const held = await throughProxy(postgres, context, after);
    // What it still had to say would be heard now.
    const afterwards = options.isHeldForever ? undefined : () => sleep(300).then(held.release);
    await end(life, "export", { ...held, afterwards });
    const schemas = "select schema_name from information_schema.schemata where schema_name in ('gold', 'meta')";
    assert.deepEqual(await query(held.url, schemas), []);
  };
  await stopAt(3000, stop, { isHeldForever: false });
  // In the word commit, from which on an export waits for the answer: after it come 5 bytes of farewell.
  for (const end of [stop, stopTwice]) await stopAt(whole.sent() - 10, end, { isHeldForever: true });
}

/** An empty database whose server hears so many bytes, and the rest only when it is released. */
async function throughProxy(postgres: TestPostgres, context: TestContext, after?: number) {
  const url = await postgres.database();
  let isHeld = false;
  let release = (): void => {};
  const onReached = (): Promise<"pass"> => {
    isHeld = true;
    return new Promise((resolve) => {
      release = () => resolve("pass");
    });
  };
  const proxy = await startTcpProxy({ to: postgres.port, onReached, ...(after !== undefined && { after }) });
  context.after(proxy.close);
  const through = new URL(url);
  through.port = String(proxy.port);
  return {
    url,
    environment: { POSTGRES_URL: through.href },
    sent: proxy.sent,
    isAtWork: () => isHeld,
    release: () => release(),
  };
}

test("SIGTERM ends every stage in the midst of its work, as stopped, and leaves no lock and no half of anything; a second one at once", async (context) => {
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

    await context.test("export, while it sends", (inner) => stopExports(life, inner));

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
