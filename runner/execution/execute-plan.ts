import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import type { NodeState } from "../graph/build-state.ts";
import { testsOf } from "../graph/plan.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { type BuildContext, buildNode, holdState } from "./build-node.ts";
import type { Journal } from "./journal.ts";
import { NodeQueue } from "./node-queue.ts";
import { countResults, type NodeResult, type RunResults } from "./run-results.ts";
import { readRelationKinds } from "./relation-content.ts";
import { kindOf } from "../materializations/materialize.ts";

/** What a run tells while it goes on. */
export interface ExecutionEffects {
  readonly connections: readonly Connection[];
  readonly journal: Journal;
  /** Ends the run: a node that is at work then counts as never begun. */
  readonly signal: AbortSignal;
  readonly report: (result: NodeResult, progress: { readonly index: number; readonly total: number }) => void;
}

export interface ExecutionInput extends Omit<BuildContext, "contentHash" | "stateOf" | "relations"> {
  /** Once a node has failed, those that are not begun yet are skipped. */
  readonly failFast: boolean;
}

/** Builds the planned nodes, upstream first, in parallel over the connections; what fails holds what reads it. */
export async function executePlan(input: ExecutionInput, effects: ExecutionEffects): Promise<RunResults> {
  const startedAt = input.now();
  const results = new Map<string, NodeResult>();
  const stateOf = (uniqueId: string): NodeState | undefined =>
    results.get(uniqueId)?.state ?? input.plan.state.nodes[uniqueId];
  const contentHash = (uniqueId: string): string | undefined => stateOf(uniqueId)?.contentHash;
  const [main] = effects.connections;
  const relations = main === undefined ? new Map<string, "table" | "view">() : await readRelationKinds(main);
  const context: BuildContext = { ...input, stateOf, contentHash, relations };
  if (main !== undefined) await createSchemas(main, input.manifest);
  const queue = new NodeQueue(input);
  const work = async (connection: Connection): Promise<void> => {
    for (let node = await queue.next(); node !== null; node = await queue.next()) {
      effects.journal.write({ event: "node_started", node: node.uniqueId });
      const skip = skipNode(node, { context, results, failFast: input.failFast });
      const result = skip ?? (await buildNode(connection, node, context));
      effects.signal.throwIfAborted();
      results.set(node.uniqueId, result);
      journalResult(effects.journal, result);
      effects.report(result, { index: results.size, total: input.plan.nodes.length });
      queue.finish(node.uniqueId);
    }
  };
  await Promise.all(
    effects.connections.map(async (connection) => work(connection).catch((error: unknown) => queue.fail(error))),
  );
  queue.throwIfFailed();
  const dropped = main === undefined ? [] : await dropRemoved(main, input);
  const finishedAt = input.now();
  const inOrder = input.plan.nodes.flatMap(({ uniqueId }) => results.get(uniqueId) ?? []);
  return {
    runId: input.runId,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    ms: finishedAt.getTime() - startedAt.getTime(),
    results: inOrder,
    dropped,
    counts: countResults(inOrder),
  };
}

/** The upstream that failed or was skipped in this run, and so holds the node. */
function blockedBy(
  node: ManifestNode,
  context: BuildContext,
  results: ReadonlyMap<string, NodeResult>,
): NodeResult | null {
  const tested = testsOf(context.manifest, node.uniqueId).flatMap((test) => test.reads);
  for (const uniqueId of [...node.reads, ...tested]) {
    const result = results.get(uniqueId);
    if (result?.status === "error" || result?.status === "skipped") return result;
  }
  return null;
}

interface SkipContext {
  readonly context: BuildContext;
  readonly results: ReadonlyMap<string, NodeResult>;
  readonly failFast: boolean;
}

/** The result of a node that is not built because of what failed before it; null when it is built. */
function skipNode(node: ManifestNode, { context, results, failFast }: SkipContext): NodeResult | null {
  const before = context.plan.state.nodes[node.uniqueId] ?? null;
  const blocker = blockedBy(node, context, results);
  if (blocker !== null) {
    const message = `${blocker.relation} ${blocker.status === "error" ? "failed" : "was skipped"}`;
    return skipped(node, { message, before, state: holdState(before, { reason: message, context }) });
  }
  const failed = failFast ? [...results.values()].find(({ status }) => status === "error") : undefined;
  const isReused = context.plan.nodes.find(({ uniqueId }) => uniqueId === node.uniqueId)?.action === "reuse";
  if (failed === undefined || isReused) return null;
  // Its rows are as good as before: the next build begins with it again.
  return skipped(node, { message: `${failed.relation} failed, and --fail-fast stops there`, before, state: before });
}

function skipped(
  node: ManifestNode,
  { message, before, state }: { readonly message: string } & Readonly<Record<"before" | "state", NodeState | null>>,
): NodeResult {
  return {
    uniqueId: node.uniqueId,
    relation: node.relation,
    kind: kindOf(node),
    critical: node.critical,
    status: "skipped",
    work: "none",
    rows: before?.rows ?? null,
    ms: 0,
    reason: message,
    message,
    partitions: null,
    tests: [],
    state,
  };
}

function journalResult(journal: Journal, result: NodeResult): void {
  for (const { uniqueId, status, failures, severity, ms, message } of result.tests) {
    const node = result.uniqueId;
    journal.write({ event: "test_finished", test: uniqueId, node, status, failures, severity, ms, message });
  }
  const { uniqueId, status, rows, ms, message, work } = result;
  const reason = explainResult(result);
  journal.write({ event: "node_finished", node: uniqueId, status, rows, ms, message, work, reason });
}

function explainResult({ reason, partitions }: NodeResult): string {
  if (partitions?.built === null || partitions?.built === undefined) return reason;
  const { built, total } = partitions;
  const shown = built.length <= 12 ? built : [...built.slice(0, 12), "…"];
  return `${reason}; ${built.length} of ${total} partitions${built.length === 0 ? "" : `: ${shown.join(", ")}`}`;
}

async function createSchemas(connection: Connection, manifest: Manifest): Promise<void> {
  const schemas = new Set(Object.values(manifest.nodes).map(({ schema }) => schema));
  for (const schema of [...schemas, "meta"]) await connection.run(`create schema if not exists ${schema}`);
}

/** Drops what the project no longer has. */
async function dropRemoved(connection: Connection, { manifest, plan }: ExecutionInput): Promise<readonly string[]> {
  if (plan.removed.length === 0) return [];
  const kept = new Set(
    Object.values(manifest.nodes).flatMap((node) => (kindOf(node) === "ephemeral" ? [] : [node.relation])),
  );
  const dropped: string[] = [];
  for (const [relation, kind] of await readRelationKinds(connection)) {
    if (relation.startsWith("meta.") || kept.has(relation)) continue;
    await connection.run(`drop ${kind} ${relation}`);
    dropped.push(relation);
  }
  return dropped;
}
