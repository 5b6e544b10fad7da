import assert from "node:assert/strict";
import { test } from "node:test";

import type { Manifest, ManifestTest, ModelNode, SourceNode } from "../../../runner/compile/manifest.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { type BuildState, emptyState, type NodeState } from "../../../runner/graph/build-state.ts";
import { hasWork, nodeFingerprints, planBuild, type PlannedNode } from "../../../runner/graph/plan.ts";
import { testSettings } from "../../support/test-settings.ts";

const surroundings = { engine: "1.5.6", dataDir: "/data", batches: { landings: ["aaaa"] }, champions: {} };
const options = { force: false, fullRefresh: false };

const source: SourceNode = {
  resourceType: "source",
  uniqueId: "source.small.bronze.landings",
  name: "landings",
  schema: "bronze",
  relation: "bronze.landings",
  path: "project.yml",
  description: "",
  columns: [],
  boundColumns: [],
  tags: [],
  critical: true,
  dependsOn: [],
  reads: [],
};
const plays = model("plays", "silver", [source.uniqueId]);
const trends = model("trends", "gold", [plays.uniqueId]);
const top = model("top", "gold", [plays.uniqueId]);
const manifest = manifestOf([source, plays, trends, top]);

test("the first plan builds everything and nothing is left over after it", () => {
  const plan = planBuild(manifest, manifest.order, { state: emptyState, surroundings, options });
  assert.deepEqual(actions(plan.nodes), { landings: "build", plays: "build", trends: "build", top: "build" });
  const clean = planBuild(manifest, manifest.order, { state: builtState(manifest), surroundings, options });
  assert.deepEqual(actions(clean.nodes), { landings: "reuse", plays: "reuse", trends: "reuse", top: "reuse" });
  assert.equal(hasWork(clean), false);
});

test("a new batch builds the source's view and asks again of all that reads it", () => {
  const landed = { ...surroundings, batches: { landings: ["aaaa", "bbbb"] } };
  const plan = planBuild(manifest, manifest.order, { state: builtState(manifest), surroundings: landed, options });
  assert.deepEqual(actions(plan.nodes), { landings: "build", plays: "check", trends: "check", top: "check" });
});

test("another SQL builds the model and asks again of what reads it", () => {
  const changed = manifestOf([source, { ...plays, compiledCode: "select 2" }, trends, top]);
  const plan = planBuild(changed, changed.order, { state: builtState(manifest), surroundings, options });
  assert.deepEqual(actions(plan.nodes), { landings: "reuse", plays: "build", trends: "check", top: "check" });
});

test("another description or another test is no reason to build", () => {
  const described = manifestOf([source, { ...plays, description: "Plays." }, trends, top]);
  const plan = planBuild(described, described.order, { state: builtState(manifest), surroundings, options });
  assert.equal(plan.nodes[1]?.action, "check");
  assert.equal(plan.nodes[1]?.reason, "its description changed");
  const tested = { ...manifest, tests: [notNull(plays)] };
  const retested = planBuild(tested, tested.order, { state: builtState(manifest), surroundings, options });
  assert.equal(retested.nodes[1]?.reason, "its data tests changed");
});

test("another engine builds everything", () => {
  const plan = planBuild(manifest, manifest.order, {
    state: builtState(manifest),
    surroundings: { ...surroundings, engine: "1.6.0" },
    options,
  });
  assert.ok(plan.nodes.every(({ action }) => action === "build"));
});

test("a held node is tried again, and what reads it asked", () => {
  const state = builtState(manifest);
  const held = { since: "2026-01-01T00:00:00.000Z", runId: "r", reason: "a test failed" };
  const plays2 = state.nodes[plays.uniqueId];
  assert.ok(plays2);
  const withHeld = { ...state, nodes: { ...state.nodes, [plays.uniqueId]: { ...plays2, held } } };
  const plan = planBuild(manifest, manifest.order, { state: withHeld, surroundings, options });
  assert.deepEqual(actions(plan.nodes), { landings: "reuse", plays: "check", trends: "check", top: "check" });
});

test("a source that is not selected keeps the batches of the release", () => {
  const landed = { ...surroundings, batches: { landings: ["aaaa", "bbbb"] } };
  const plan = planBuild(manifest, [trends.uniqueId], { state: builtState(manifest), surroundings: landed, options });
  assert.deepEqual(plan.surroundings.batches, { landings: ["aaaa"] });
  assert.equal(hasWork(plan), false);
});

test("what the project no longer has is removed only when everything is selected", () => {
  const smaller = manifestOf([source, plays, trends]);
  const state = builtState(manifest);
  assert.deepEqual(planBuild(smaller, smaller.order, { state, surroundings, options }).removed, [top.uniqueId]);
  assert.deepEqual(planBuild(smaller, [plays.uniqueId], { state, surroundings, options }).removed, []);
});

test("--force builds what is selected, --full-refresh the incremental models", () => {
  const state = builtState(manifest);
  const forced = planBuild(manifest, [top.uniqueId], { state, surroundings, options: { ...options, force: true } });
  assert.deepEqual(actions(forced.nodes), { top: "build" });
  const grown: ModelNode = { ...top, materialized: "incremental", incrementalCode: "select 1" };
  const other = manifestOf([source, plays, trends, grown]);
  const refreshed = planBuild(other, other.order, {
    state: builtState(other),
    surroundings,
    options: { ...options, fullRefresh: true },
  });
  assert.deepEqual(actions(refreshed.nodes), { landings: "reuse", plays: "reuse", trends: "reuse", top: "build" });
});

test("a selection above which something was never built is refused", () => {
  assert.throws(
    () => planBuild(manifest, [trends.uniqueId], { state: emptyState, surroundings, options }),
    (error) =>
      error instanceof ProjectError &&
      error.message ===
        "--select trends reads silver.plays, which has never been built\n\nbuild it too: --select +trends",
  );
});

function actions(nodes: readonly PlannedNode[]): Record<string, string> {
  return Object.fromEntries(nodes.map(({ uniqueId, action }) => [uniqueId.split(".").at(-1), action]));
}

/** The state after a build of everything, each node's content being its name. */
function builtState(of: Manifest): BuildState {
  const contentHash = (uniqueId: string): string => uniqueId;
  const nodes = Object.values(of.nodes).map((node): [string, NodeState] => {
    const { build, tests, docs } = nodeFingerprints(node, { manifest: of, contentHash, surroundings });
    const prints = { buildFingerprint: build, testsFingerprint: tests, docsFingerprint: docs };
    const built = { rows: 1, builtBy: "r", builtAt: "2026-01-01T00:00:00.000Z", held: null };
    return [node.uniqueId, { ...prints, contentHash: node.uniqueId, ...built }];
  });
  return { batches: surroundings.batches, nodes: Object.fromEntries(nodes) };
}

function model(name: string, schema: string, reads: readonly string[]): ModelNode {
  return {
    resourceType: "model",
    uniqueId: `model.small.${name}`,
    name,
    schema,
    relation: `${schema}.${name}`,
    path: `models/${schema}/${name}.sql`,
    description: "",
    columns: [],
    boundColumns: [],
    tags: [],
    critical: schema === "silver",
    dependsOn: reads,
    reads,
    materialized: "table",
    uniqueKey: [],
    incrementalStrategy: "append",
    onSchemaChange: "fail",
    partitionBy: null,
    partitionedInputs: [],
    training: null,
    scoredBy: null,
    compiledCode: "select 1",
    sourceMap: { files: [], segments: [] },
    incrementalCode: null,
    incrementalSourceMap: null,
  };
}

function notNull(node: ModelNode): ManifestTest {
  return {
    uniqueId: "test.small.not_null",
    name: "not_null",
    test: { kind: "not_null", column: "play_id" },
    relation: node.relation,
    toRelation: null,
    settings: testSettings(),
    description: "",
    path: node.path,
    place: { line: 1, column: 1 },
    attachedNode: node.uniqueId,
    dependsOn: [node.uniqueId],
    reads: [node.uniqueId],
    gate: node.uniqueId,
  };
}

function manifestOf(nodes: readonly (SourceNode | ModelNode)[]): Manifest {
  return {
    project: "small",
    root: "",
    order: nodes.map(({ uniqueId }) => uniqueId),
    nodes: Object.fromEntries(nodes.map((node) => [node.uniqueId, node])),
    tests: [],
    unitTests: [],
    dashboards: [],
    selectors: [],
    macros: {},
    checksums: {},
  };
}
