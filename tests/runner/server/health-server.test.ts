import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import type { HealthReport, StageHealth } from "../../../runner/server/health.ts";
import { startHealthServer } from "../../../runner/server/health-server.ts";

const hourMs = 3_600_000;
const now = new Date("2026-11-01T12:00:00Z");
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * hourMs);

const build: StageHealth = {
  stage: "build",
  intervalMs: 6 * hourMs,
  lastSuccessAt: hoursAgo(5),
  lastRunAt: hoursAgo(1),
  lastDurationMs: 12_500,
  counts: { success: 7, failed: 2 },
};

const report: HealthReport = {
  startedAt: hoursAgo(48),
  stages: [build],
  gaps: 3,
  incidents: 1,
  undelivered: 2,
  release: {
    number: 4,
    publishedAt: hoursAgo(5),
    nodes: {
      "model.tonearm.daily_minutes": nodeState(730, null),
      "source.tonearm.bronze.listening_history": nodeState(null, null),
      "model.tonearm.top_tracks": nodeState(10, hoursAgo(1)),
    },
  },
};

function nodeState(rows: number | null, heldSince: Date | null) {
  const held = heldSince === null ? null : { since: heldSince.toISOString(), runId: "run-1", reason: "a test failed" };
  const text = { buildFingerprint: "", testsFingerprint: "", docsFingerprint: "", contentHash: "", builtBy: "run-1" };
  return { ...text, builtAt: hoursAgo(5).toISOString(), rows, held };
}

async function serve(context: TestContext, read: () => Promise<HealthReport>) {
  const server = await startHealthServer({ port: 0, now: () => now, read });
  context.after(() => server.close());
  return (path: string, method = "GET") => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
}

test("/healthz says that the process lives, whatever its runs did", async (context) => {
  const ask = await serve(context, () => Promise.reject(new Error("no state")));
  const response = await ask("/healthz");
  assert.deepEqual([response.status, await response.text()], [200, "ok\n"]);
  assert.equal((await ask("/readyz")).status, 500);
  assert.doesNotMatch(await (await ask("/readyz")).text(), /no state/);
});

test("/readyz is 503 once the last success is older than two intervals, and before the first one", async (context) => {
  for (const [lastSuccessAt, status, text] of [
    [hoursAgo(12), 200, "ready\n"],
    [hoursAgo(12.01), 503, "build: last success 2026-10-31T23:59:24.000Z, interval 21600 s\n"],
    [null, 503, "build: no success yet\n"],
  ] as const) {
    const ask = await serve(context, () => Promise.resolve({ ...report, stages: [{ ...build, lastSuccessAt }] }));
    const response = await ask("/readyz");
    assert.deepEqual([response.status, await response.text()], [status, text]);
  }
  const byHand = { ...build, intervalMs: null, lastSuccessAt: null };
  const ask = await serve(context, () => Promise.resolve({ ...report, stages: [byHand] }));
  assert.equal((await ask("/readyz")).status, 200);
});

test("/metrics is Prometheus text with timestamps in seconds", async (context) => {
  const ask = await serve(context, () => Promise.resolve(report));
  const response = await ask("/metrics");
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const lines = (await response.text()).split("\n");
  const samples = lines.filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(
    samples.filter((line) => !line.startsWith("tonearm_resident_memory_bytes ")),
    [
      'tonearm_stage_last_success_timestamp_seconds{stage="build"} 1793516400',
      'tonearm_stage_last_run_timestamp_seconds{stage="build"} 1793530800',
      'tonearm_stage_last_duration_seconds{stage="build"} 12.5',
      'tonearm_stage_interval_seconds{stage="build"} 21600',
      'tonearm_stage_runs{stage="build",status="success"} 7',
      'tonearm_stage_runs{stage="build",status="failed"} 2',
      'tonearm_relation_rows{relation="daily_minutes"} 730',
      'tonearm_relation_rows{relation="top_tracks"} 10',
      'tonearm_relation_held_timestamp_seconds{relation="top_tracks"} 1793530800',
      "tonearm_release 4",
      "tonearm_release_published_timestamp_seconds 1793516400",
      "tonearm_poll_gaps 3",
      "tonearm_open_incidents 1",
      "tonearm_undelivered_alerts 2",
      "tonearm_start_timestamp_seconds 1793361600",
    ],
  );
  // Each has its help and type, as the format asks.
  const names = new Set(samples.map((line) => /^\w+/.exec(line)?.[0]));
  for (const name of names) {
    assert.equal(lines.filter((line) => line.startsWith(`# HELP ${name} `)).length, 1, name);
    assert.ok(lines.includes(`# TYPE ${name} gauge`), name);
  }
});

test("nothing else is there, and nothing can be changed", async (context) => {
  const ask = await serve(context, () => Promise.resolve(report));
  assert.equal((await ask("/")).status, 404);
  assert.equal((await ask("/metrics", "POST")).status, 405);
  const head = await ask("/healthz", "HEAD");
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

test("a port that is taken is a mistake with its place", async (context) => {
  const first = await startHealthServer({ port: 0, now: () => now, read: () => Promise.resolve(report) });
  context.after(() => first.close());
  await assert.rejects(startHealthServer({ port: first.port, now: () => now, read: () => Promise.resolve(report) }), {
    name: "ProjectError",
    message: `project.yml, health.port port ${first.port} of 127.0.0.1 is taken\n\nName another port, or null for none.`,
  });
});
