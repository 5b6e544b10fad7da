import type { Manifest, ManifestNode, ManifestTest, ModelNode } from "../compile/manifest.ts";
import type { BuildState, NodeState, PartitionState } from "../graph/build-state.ts";
import { derivedContentHash, type Fingerprints } from "../graph/fingerprints.ts";
import { growsInPlace, nodeFingerprints, type Plan, testsOf } from "../graph/plan.ts";
import { commentStatements, kindOf, relationKindOf } from "../materializations/materialize.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { ReadText } from "../project/project-texts.ts";
import { batchPaths, buildRows, type BuiltRows } from "./build-rows.ts";
import { failuresFolder, forgetFailingRows, keepFailingRows } from "./failing-rows.ts";
import { keepFailureBundle } from "./failure-bundle.ts";
import { contentColumns, sourceContents, tableContents } from "./partition-content.ts";
import { describeRelation, hashTable, type RelationShape } from "./relation-content.ts";
import { combinePartitions } from "./relation-contents.ts";
import { freshRows, type FreshRows, withCleanTests } from "./fresh-rows.ts";
import { keptColumns } from "./kept-values.ts";
import { runDataTests } from "./run-data-tests.ts";
import { decideWork } from "./decide-work.ts";
import type { BuiltPartitions, NodeResult, TestResult, Work } from "./run-results.ts";

/** What every node of a run shares. */
export interface BuildContext {
  readonly manifest: Manifest;
  readonly plan: Plan;
  readonly dataDir: string;
  readonly runId: string;
  readonly now: () => Date;
  readonly readText: ReadText;
  /** Adds the champion's predictions to the rows of a node that was just built; why it could not, or null. */
  readonly score: (connection: Connection, node: ModelNode) => Promise<string | null>;
  /** What stands in the build under each name, as SQL writes it; kept up as nodes are built. */
  readonly relations: Map<string, "table" | "view">;
  /** What stands in the build for a node. */
  readonly stateOf: (uniqueId: string) => NodeState | undefined;
  /** Content of a node as it stands in the build. */
  readonly contentHash: (uniqueId: string) => string | undefined;
}

/** Builds one node in one transaction, or only tests or describes it, whatever its fingerprints ask for. */
export async function buildNode(
  connection: Connection,
  node: ManifestNode,
  context: BuildContext,
): Promise<NodeResult> {
  const start = performance.now();
  const before = context.plan.state.nodes[node.uniqueId] ?? null;
  const fingerprints = (): Fingerprints => fingerprintsOf(node, context);
  const { work, reason } = decideWork(node, before, { ...context, fingerprints });
  const known = { uniqueId: node.uniqueId, relation: node.relation, kind: kindOf(node), critical: node.critical };
  const base = { ...known, work, reason, partitions: null };
  const ms = (): number => Math.round(performance.now() - start);
  if (work === "none") {
    const state = before === null ? null : { ...before, held: null };
    return { ...base, status: "reused", rows: before?.rows ?? null, ms: ms(), message: null, tests: [], state };
  }
  const done = await inTransaction(connection, () => transact(connection, node, { work, before, context, ms }));
  if ("message" in done) {
    const state = holdState(before, { reason: done.message, context });
    return { ...base, status: "error", rows: null, ms: ms(), message: done.message, tests: done.tests, state };
  }
  context.relations.set(node.relation, relationKindOf(node));
  return { ...base, status: "success", rows: done.state.rows, ms: ms(), message: null, ...done };
}

/** The state of a node that keeps its rows because it, or what it reads, failed; null when it has none. */
export function holdState(
  before: NodeState | null,
  { reason, context }: { readonly reason: string; readonly context: Pick<BuildContext, "now" | "runId"> },
): NodeState | null {
  if (before === null || before.held !== null) return before;
  return { ...before, held: { since: context.now().toISOString(), runId: context.runId, reason: firstLine(reason) } };
}

interface Transaction {
  readonly work: Work;
  readonly before: NodeState | null;
  readonly context: BuildContext;
  /** Milliseconds since it began. */
  readonly ms: () => number;
}

type Outcome =
  | {
      readonly tests: readonly TestResult[];
      readonly partitions: BuiltPartitions | null;
      readonly state: NodeState;
    }
  | { readonly tests: readonly TestResult[]; readonly message: string };

async function transact(connection: Connection, node: ManifestNode, of: Transaction): Promise<Outcome> {
  const { work, before, context, ms } = of;
  await forgetFailingRows(failuresFolder(context.manifest.root, node));
  const rows = work === "built" ? await buildRows(connection, node, { before, context }) : null;
  if (rows !== null && rows.failure !== null) return { tests: [], message: rows.failure };
  const shape = await describeBuilt(connection, node);
  const fresh = freshRows(node, rows, { before, ...context });
  const tests = work === "documented" ? [] : await runTests(connection, node, { ...of, fresh });
  const failed = tests.filter(({ status }) => status === "fail" || status === "error");
  if (failed.length > 0) return { tests, message: failed.map(({ message }) => message ?? "").join("\n") };
  const content =
    before !== null && rows === null ? before : await contentOf(connection, node, { shape, rows, before, context });
  await comment(connection, node, { shape, isNew: work === "built" && !growsInPlace(node) });
  const known = { ...content, uniqueId: node.uniqueId };
  const fingerprints = fingerprintsOf(node, context, known);
  const built =
    before !== null && work !== "built"
      ? { builtBy: before.builtBy, builtAt: before.builtAt, ms: before.ms }
      : { builtBy: context.runId, builtAt: context.now().toISOString(), ms: ms() };
  const { build, parts, tests: tested, docs } = fingerprints;
  const state = {
    buildFingerprint: build,
    builtFrom: parts,
    testsFingerprint: tested,
    docsFingerprint: docs,
    contentHash: content.contentHash,
    rows: content.rows,
    partitions:
      work === "documented"
        ? content.partitions
        : withCleanTests(content.partitions, {
            ...context,
            tests: testsOf(context.manifest, node.uniqueId),
            results: tests,
          }),
    contents: content.contents,
    ...built,
  };
  return { tests, partitions: rows?.built ?? null, state: { ...state, held: null } };
}

/** Of a view only columns that are described are asked for, since that binds all it reads once more. */
async function describeBuilt(connection: Connection, node: ManifestNode): Promise<RelationShape> {
  const kind = relationKindOf(node);
  if (kind === "view" && node.columns.length === 0) return { kind, columns: [] };
  return describeRelation(connection, node, kind);
}

/** What fails leaves a sample of its rows, which go with the transaction, and what it takes to see it fail again. */
async function runTests(
  connection: Connection,
  node: ManifestNode,
  { work, before, context, fresh }: Transaction & { readonly fresh: FreshRows | null },
): Promise<readonly TestResult[]> {
  const { manifest, readText } = context;
  const folder = failuresFolder(manifest.root, node);
  const failed: ManifestTest[] = [];
  const onFailure = async (test: ManifestTest, status: "fail" | "warn"): Promise<void> => {
    const keeps = test.settings.storeFailures ?? status === "fail";
    if (keeps) await keepFailingRows(connection, folder, test);
    if (keeps && status === "fail") failed.push(test);
  };
  const prepare = async (): Promise<void> => {
    await connection.run("begin");
    if (work === "built") await buildRows(connection, node, { before, context });
  };
  const run = { manifest, readText, onFailure, prepare, fresh };
  const results = await runDataTests(connection, testsOf(manifest, node.uniqueId), run);
  if (failed.length > 0) {
    await keepFailureBundle(connection, { manifest, node, tests: failed, folder });
  }
  return results;
}

interface Content {
  readonly shape: RelationShape;
  readonly rows: BuiltRows | null;
  readonly before: NodeState | null;
  readonly context: BuildContext;
}

async function contentOf(
  connection: Connection,
  node: ManifestNode,
  { shape, rows, before, context }: Content,
): Promise<Pick<NodeState, "rows" | "contentHash" | "partitions" | "contents">> {
  const { surroundings, state } = context.plan;
  const columns = contentColumns(node, context.manifest, shape);
  if (shape.kind === "view") {
    const contentHash = derivedContentHash(node, context.contentHash, surroundings);
    if (node.resourceType !== "source" || columns.length === 0) return { rows: null, contentHash };
    const paths = (all: BuildState["batches"]): readonly string[] => batchPaths(node, context.dataDir, all);
    const batches = { before: paths(state.batches), now: paths(surroundings.batches) };
    return {
      rows: null,
      contentHash,
      contents: await sourceContents(connection, node, { columns, shape, before, batches }),
    };
  }
  const partitions = rows?.partitions && {
    ...rows.partitions,
    kept: await keptValues(connection, node, { shape, rows, before }),
  };
  const [column] = columns;
  if (column === undefined) return { ...(await hashTable(connection, node.relation, shape)), partitions };
  const replaced = rows?.replaced ?? null;
  const contents = await tableContents(connection, { relation: node.relation, columns, shape, before, replaced });
  return { ...combinePartitions(contents.by[column] ?? {}, shape), partitions, contents };
}

/** Where only some rows were replaced: columns of which no value went with them. */
async function keptValues(
  connection: Connection,
  { relation }: ManifestNode,
  { shape, rows, before }: Omit<Content, "context">,
): Promise<PartitionState["kept"]> {
  if (before === null || rows === null || rows.replaced === null) return undefined;
  return { since: before.contentHash, columns: await keptColumns(connection, relation, { ...rows.replaced, shape }) };
}

async function comment(
  connection: Connection,
  node: ManifestNode,
  { shape, isNew }: { readonly shape: RelationShape; readonly isNew: boolean },
): Promise<void> {
  const columns = shape.columns.map(({ name }) => name);
  const comments = commentStatements(node, { kind: shape.kind ?? "table", columns, isNew });
  // In one go: hundreds of round trips are a noticeable part of a build.
  if (comments.length > 0) await connection.run(comments.join(";\n"));
}

function fingerprintsOf(
  node: ManifestNode,
  context: BuildContext,
  own?: { readonly uniqueId: string; readonly contentHash: string },
): Fingerprints {
  const contentHash = (uniqueId: string): string | undefined =>
    uniqueId === own?.uniqueId ? own.contentHash : context.contentHash(uniqueId);
  return nodeFingerprints(node, { manifest: context.manifest, contentHash, surroundings: context.plan.surroundings });
}

async function inTransaction(connection: Connection, use: () => Promise<Outcome>): Promise<Outcome> {
  await connection.run("begin");
  try {
    const outcome = await use();
    if ("message" in outcome) await rollBack(connection);
    else await connection.run("commit");
    return outcome;
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
}

/** What explains a failure may have ended the transaction already. */
async function rollBack(connection: Connection): Promise<void> {
  await connection.run("rollback").catch(() => undefined);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
