import assert from "node:assert/strict";
import { test } from "node:test";

import { NodeQueue } from "../../../runner/execution/node-queue.ts";
import { emptyState, type NodeState } from "../../../runner/graph/build-state.ts";
import { planBuild } from "../../../runner/graph/plan.ts";
import { selectableManifest } from "../../support/selectable-manifest.ts";

const model = (...reads: readonly string[]): { readonly path: string; readonly reads: readonly string[] } => ({
  path: "models/gold/model.sql",
  reads,
});
const manifest = selectableManifest("small", {
  plays: model(),
  artists: model("plays"),
  days: model("plays"),
  sessions: model("plays"),
  session_stats: model("sessions"),
});

/** The order in which one connection is handed the nodes, when each took that many milliseconds in the build before. */
async function orderAfter(ms: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const nodes = Object.entries(ms).map(([name, time]) => [`model.small.${name}`, stateOf(time)]);
  const state = { ...emptyState, nodes: Object.fromEntries(nodes) };
  const surroundings = { engine: "", dataDir: "", batches: {}, champions: {} };
  const options = { force: false, fullRefresh: false };
  const queue = new NodeQueue({
    manifest,
    plan: planBuild(manifest, manifest.order, { state, surroundings, options }),
  });
  const order: string[] = [];
  for (let node = await queue.next(); node !== null; node = await queue.next()) {
    order.push(node.name);
    queue.finish(node.uniqueId);
  }
  return order;
}

function stateOf(ms: number): NodeState {
  const fingerprints = { buildFingerprint: "", testsFingerprint: "", docsFingerprint: "", contentHash: "" };
  return { ...fingerprints, rows: 0, builtBy: "", builtAt: "2026-01-01T00:00:00.000Z", held: null, ms };
}

test("nodes that were never built come in the plan's order", async () => {
  assert.deepEqual(await orderAfter({}), ["plays", "artists", "days", "sessions", "session_stats"]);
});

test("what the longest way to the end begins with comes first", async () => {
  const ms = { plays: 10, artists: 30, days: 50, sessions: 40, session_stats: 20 };
  assert.deepEqual(await orderAfter(ms), ["plays", "sessions", "days", "artists", "session_stats"]);
});
