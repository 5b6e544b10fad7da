import { join } from "node:path";

import type { ManifestNode, ModelNode } from "../compile/manifest.ts";
import type { BuildState, ContentsByColumn, NodeState, PartitionState } from "../graph/build-state.ts";
import { changedPartitions } from "../graph/changed-partitions.ts";
import { wholeFingerprint } from "../graph/fingerprints.ts";
import { growsInPlace } from "../graph/plan.ts";
import type { ChangedPartitions } from "../materializations/incremental.ts";
import { kindOf, materialize, type Statement } from "../materializations/materialize.ts";
import { incomingTable, mergeIncoming } from "../materializations/merge-incoming.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { BuildContext } from "./build-node.ts";
import { formatDiagnostic } from "../diagnostics.ts";
import { diagnoseStatement } from "./explain-failure.ts";
import { setValuesAside } from "./kept-values.ts";
import { locateStatement } from "./locate-failure.ts";
import { contentColumns, contentsOfPartitions, knownContents, rowsOfPartitions } from "./partition-content.ts";
import { describeRelation, type RelationShape } from "./relation-content.ts";
import { fingerprintPartitions, readContents } from "./relation-contents.ts";
import type { BuiltPartitions } from "./run-results.ts";

/** What became of a node's rows: why they could not be made, or null and, of a partitioned model, what was built anew. */
export interface BuiltRows {
  readonly failure: string | null;
  readonly partitions: PartitionState | undefined;
  readonly built: BuiltPartitions | null;
  /** Which rows were replaced, what they were, and columns whose values were set aside; null where all are new, or they are not known by partitions. */
  readonly replaced: {
    readonly removed: ContentsByColumn;
    readonly where: string;
    readonly setAside: readonly string[];
  } | null;
}

/** Makes the rows of a node, whole or incrementally, inside the transaction of the connection. */
export async function buildRows(
  connection: Connection,
  node: ManifestNode,
  { before, context }: { readonly before: NodeState | null; readonly context: BuildContext },
): Promise<BuiltRows> {
  const shape = await describeExisting(connection, node, context);
  const isWhole = shape.kind !== "table" || context.plan.options.fullRefresh;
  if (node.resourceType !== "model" || node.partitionBy === null) {
    const incremental = kindOf(node) === "incremental" && !isWhole;
    const failure = await run(connection, node, { shape, incremental, changed: null, context });
    return { failure, partitions: undefined, built: null, replaced: null };
  }
  const partitions = await readPartitions(connection, node, context);
  const forced = isWhole || context.plan.options.force;
  const values = forced ? null : changedPartitions(before?.partitions, partitions);
  const type = shape.columns.find(({ name }) => name.toLowerCase() === node.partitionBy?.toLowerCase())?.type;
  const changed = values === null || type === undefined ? null : { type, values };
  const isClean = changed?.values.length === 0;
  const incremental = changed !== null;
  const replaced = changed === null ? null : await readReplaced(connection, node, { shape, changed, before, context });
  const failure = isClean ? null : await run(connection, node, { shape, incremental, changed, context });
  const inputs = [before?.partitions?.inputs ?? {}, partitions.inputs].flatMap((state) => Object.values(state));
  const keys = new Set(inputs.flatMap((input) => Object.keys(input)));
  const built = { built: changed?.values ?? null, total: keys.size };
  return { failure, partitions, built, replaced };
}

interface Replaced {
  readonly shape: RelationShape;
  readonly changed: ChangedPartitions;
  readonly before: NodeState | null;
  readonly context: BuildContext;
}

/** What the rows are that a build is about to replace. */
async function readReplaced(
  connection: Connection,
  node: ModelNode,
  { shape, changed, before, context }: Replaced,
): Promise<BuiltRows["replaced"]> {
  const columns = contentColumns(node, context.manifest, shape);
  const known = knownContents(before, { columns, shape });
  if (known === null) return null;
  const where = rowsOfPartitions(node.partitionBy ?? "", changed);
  const removed =
    columns.length === 1
      ? await contentsOfPartitions(connection, known, changed)
      : await readContents(connection, { relation: node.relation, columns, where }, shape);
  const setAside = await setValuesAside(connection, node, { where, shape, manifest: context.manifest });
  return { removed, where, setAside };
}

/** The files of a source's batches. */
export function batchPaths({ name }: ManifestNode, dataDir: string, batches: BuildState["batches"]): readonly string[] {
  return (batches[name] ?? []).map((batch) => join(dataDir, "bronze", name, `${batch}.parquet`));
}

/** What the node is built over; its columns only where rows are kept. */
async function describeExisting(
  connection: Connection,
  node: ManifestNode,
  { relations }: BuildContext,
): Promise<RelationShape> {
  const kind = relations.get(node.relation);
  if (kind === undefined) return { kind: null, columns: [] };
  return growsInPlace(node) ? describeRelation(connection, node, kind) : { kind, columns: [] };
}

async function readPartitions(
  connection: Connection,
  node: ModelNode,
  { manifest, plan, relations, contentHash, stateOf }: BuildContext,
): Promise<PartitionState> {
  const inputs: Record<string, Readonly<Record<string, string>>> = {};
  for (const { uniqueId, column } of node.partitionedInputs) {
    const input = manifest.nodes[uniqueId];
    if (input === undefined) continue;
    const shape = await describeRelation(connection, input, relations.get(input.relation));
    const isThere = shape.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase());
    // A column that is not there is the model's own mistake: its SQL says so at the line.
    if (!isThere) continue;
    const columns = [column];
    const contents =
      knownContents(stateOf(uniqueId), { columns, shape }) ??
      (await readContents(connection, { relation: input.relation, columns }, shape));
    inputs[uniqueId] = fingerprintPartitions(contents[column] ?? {}, shape);
  }
  return { whole: wholeFingerprint(node, contentHash, plan.surroundings), inputs };
}

interface Run {
  readonly shape: RelationShape;
  readonly incremental: boolean;
  readonly changed: ChangedPartitions | null;
  readonly context: BuildContext;
}

async function run(connection: Connection, node: ManifestNode, of: Run): Promise<string | null> {
  const { shape, incremental, changed, context } = of;
  const statements = materialize(node, {
    existing: shape.kind,
    incremental,
    changedPartitions: changed,
    seedPath: join(context.manifest.root, node.path),
    batchPaths:
      node.resourceType === "source" ? batchPaths(node, context.dataDir, context.plan.surroundings.batches) : [],
  });
  const failure = await runAll(connection, { node, statements }, of);
  if (failure !== null || node.resourceType !== "model") return failure;
  if (incremental) return merge(connection, node, of);
  return node.scoredBy === null ? null : context.score(connection, node);
}

async function merge(connection: Connection, node: ModelNode, of: Run): Promise<string | null> {
  const incoming = { schema: "main", name: incomingTable.replace("temp.", ""), database: "temp" };
  const { columns } = await describeRelation(connection, incoming, "table");
  const merged = mergeIncoming(node, { existing: of.shape.columns, incoming: columns });
  if ("problem" in merged) {
    const statement = { sql: "", codeOffset: null };
    const failed = { statement, incremental: of.incremental, error: new Error(merged.problem) };
    return formatDiagnostic(diagnoseStatement(node, failed, of.context.readText));
  }
  const statements = merged.statements.map((sql) => ({ sql, codeOffset: null }));
  return runAll(connection, { node, statements }, of);
}

async function runAll(
  connection: Connection,
  { node, statements }: { readonly node: ManifestNode; readonly statements: readonly Statement[] },
  { incremental, context: { manifest, readText } }: Run,
): Promise<string | null> {
  for (const [at, statement] of statements.entries()) {
    try {
      await connection.run(statement.sql);
    } catch (error) {
      const prepare = (): Promise<void> =>
        runEach(connection, ["begin", ...statements.slice(0, at).map(({ sql }) => sql)]);
      const failed = { node, statement, incremental, error };
      return formatDiagnostic(await locateStatement(connection, failed, { manifest, readText, prepare }));
    }
  }
  return null;
}

async function runEach(connection: Connection, sqls: readonly string[]): Promise<void> {
  for (const sql of sqls) await connection.run(sql);
}
