import type { Manifest, ManifestNode, ManifestTest } from "../compile/manifest.ts";
import { renderDataTest } from "../data-tests/render-data-test.ts";
import { ProjectError } from "../diagnostics.ts";
import type { BuildState } from "./build-state.ts";
import { explainChange } from "./explain-change.ts";
import {
  buildParts,
  docsFingerprint,
  fingerprint,
  type Fingerprints,
  type Surroundings,
  testsFingerprint,
} from "./fingerprints.ts";

export interface PlanOptions {
  /** Build what is selected although nothing changed. */
  readonly force: boolean;
  /** Build incremental models whole. */
  readonly fullRefresh: boolean;
}

/** `build`: for sure. `check`: something upstream is built, its content decides. `reuse`: clean. */
export type PlannedAction = "build" | "check" | "reuse";

export interface PlannedNode {
  readonly uniqueId: string;
  readonly action: PlannedAction;
  readonly reason: string;
}

/** What a run has to do, and why; selected nodes only, upstream first. */
export interface Plan {
  readonly nodes: readonly PlannedNode[];
  /** Nodes of the current release that the project no longer has; dropped when everything is selected. */
  readonly removed: readonly string[];
  /** Data tests that cannot run: they read a node that is neither selected nor in the release. */
  readonly waitingTests: readonly string[];
  readonly options: PlanOptions;
  readonly surroundings: Surroundings;
  readonly state: BuildState;
}

export interface PlanInput {
  readonly state: BuildState;
  /** Bronze batches as they stand now. */
  readonly surroundings: Surroundings;
  readonly options: PlanOptions;
}

/** Compares the selected nodes with the state of the current release. */
export function planBuild(project: Manifest, selected: readonly string[], input: PlanInput): Plan {
  const physical = selected.filter((uniqueId) => isPhysical(project.nodes[uniqueId]));
  requireUpstream(project, physical, input.state);
  const waitingTests = findWaitingTests(project, physical, input.state);
  const manifest = withoutTests(project, waitingTests);
  const everything = selected.length === manifest.order.length;
  const removed = Object.keys(input.state.nodes).filter((uniqueId) => !isPhysical(manifest.nodes[uniqueId]));
  const surroundings = { ...input.surroundings, batches: pinBatches(manifest, physical, input) };
  const dirty = new Set<string>();
  const context = { manifest, dirty, ...input, surroundings };
  const nodes = physical.map((uniqueId): PlannedNode => {
    const planned = planNode(uniqueId, context);
    if (planned.action !== "reuse") dirty.add(uniqueId);
    return planned;
  });
  const { options, state } = input;
  return { nodes, removed: everything ? removed : [], waitingTests, options, surroundings, state };
}

/** The same project without some of its data tests. */
export function withoutTests(manifest: Manifest, tests: readonly string[]): Manifest {
  return { ...manifest, tests: manifest.tests.filter(({ uniqueId }) => !tests.includes(uniqueId)) };
}

/** Whether a run of this plan would do anything. */
export function hasWork(plan: Plan): boolean {
  return plan.removed.length > 0 || plan.nodes.some(({ action }) => action !== "reuse");
}

/** All three fingerprints of a node, given the content of what it and its tests read. */
export function nodeFingerprints(
  node: ManifestNode,
  from: {
    readonly manifest: Manifest;
    readonly contentHash: (uniqueId: string) => string | undefined;
    readonly surroundings: Surroundings;
  },
): Fingerprints {
  const parts = buildParts(node, from.contentHash, from.surroundings);
  return {
    build: fingerprint(parts),
    parts,
    tests: testsFingerprint(testsOf(from.manifest, node.uniqueId), renderDataTest, from.contentHash),
    docs: docsFingerprint(node),
  };
}

/** The data tests that run in a node's transaction. */
export function testsOf(manifest: Manifest, uniqueId: string): readonly ManifestTest[] {
  return manifest.tests.filter(({ gate }) => gate === uniqueId);
}

interface Context extends PlanInput {
  readonly manifest: Manifest;
  readonly dirty: ReadonlySet<string>;
}

function planNode(uniqueId: string, context: Context): PlannedNode {
  const node = context.manifest.nodes[uniqueId];
  const state = context.state.nodes[uniqueId];
  if (node === undefined || state === undefined) return { uniqueId, action: "build", reason: "first build" };
  if (context.options.force) return { uniqueId, action: "build", reason: "forced" };
  if (context.options.fullRefresh && growsInPlace(node)) {
    return { uniqueId, action: "build", reason: "full refresh" };
  }
  const contentHash = (other: string): string | undefined => context.state.nodes[other]?.contentHash;
  const change = explainChange(state, nodeFingerprints(node, { ...context, contentHash }), context.manifest);
  if (change !== null) return { uniqueId, action: change.rows ? "build" : "check", reason: change.reason };
  const reads = [...node.reads, ...testsOf(context.manifest, uniqueId).flatMap((test) => test.reads)];
  const above = reads.find((other) => other !== uniqueId && context.dirty.has(other));
  if (above !== undefined) {
    const relation = context.manifest.nodes[above]?.relation ?? above;
    return { uniqueId, action: "check", reason: `${relation} may change` };
  }
  if (state.held !== null) return { uniqueId, action: "check", reason: "it is held" };
  return { uniqueId, action: "reuse", reason: "nothing changed" };
}

/** Whether a build may keep rows of the one before: what --full-refresh is for. */
export function growsInPlace(node: ManifestNode): boolean {
  return node.resourceType === "model" && (node.materialized === "incremental" || node.materialized === "partitioned");
}

/** A source that is not selected keeps reading the batches of the current release. */
function pinBatches(manifest: Manifest, selected: readonly string[], input: PlanInput): Surroundings["batches"] {
  const sources = Object.values(manifest.nodes).filter(({ resourceType }) => resourceType === "source");
  const pinned = sources.map(({ uniqueId, name }): [string, readonly string[]] => {
    const from = selected.includes(uniqueId) ? input.surroundings.batches : input.state.batches;
    return [name, from[name] ?? []];
  });
  return Object.fromEntries(pinned);
}

function findWaitingTests(manifest: Manifest, selected: readonly string[], state: BuildState): readonly string[] {
  const present = new Set([...selected, ...Object.keys(state.nodes)]);
  return manifest.tests
    .filter(({ gate, reads }) => present.has(gate) && reads.some((other) => !present.has(other)))
    .map(({ uniqueId }) => uniqueId);
}

function requireUpstream(manifest: Manifest, selected: readonly string[], state: BuildState): void {
  const present = new Set([...selected, ...Object.keys(state.nodes)]);
  const diagnostics = selected.flatMap((uniqueId) => {
    const node = manifest.nodes[uniqueId];
    const missing = node?.reads.find((other) => !present.has(other));
    if (node === undefined || missing === undefined) return [];
    const relation = manifest.nodes[missing]?.relation ?? missing;
    const hint = `build it too: --select +${node.name}`;
    return [{ path: "--select", message: `${node.name} reads ${relation}, which has never been built`, hint }];
  });
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
}

function isPhysical(node: ManifestNode | undefined): boolean {
  return node !== undefined && !(node.resourceType === "model" && node.materialized === "ephemeral");
}
