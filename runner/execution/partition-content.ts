import { existsSync } from "node:fs";

import { renderIdentifier, renderLiteral } from "../compile/helpers.ts";
import type { Manifest, ManifestNode, SourceNode } from "../compile/manifest.ts";
import type { ContentsByColumn, NodeState, RelationContents } from "../graph/build-state.ts";
import type { ChangedPartitions } from "../materializations/incremental.ts";
import { sourceRows } from "../materializations/source.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { RelationShape } from "./relation-content.ts";
import {
  type PartitionContents,
  partitionKey,
  readContents,
  replaceRows,
  shapeFingerprint,
} from "./relation-contents.ts";

/** The columns by whose values a node's rows are accounted for: its own partitions, and those by which partitioned models read it. */
export function contentColumns(node: ManifestNode, { nodes }: Manifest, shape: RelationShape): readonly string[] {
  const own = node.resourceType === "model" && node.partitionBy !== null ? [node.partitionBy] : [];
  const readers = Object.values(nodes).flatMap((reader) =>
    reader.resourceType === "model" ? reader.partitionedInputs : [],
  );
  const read = readers.flatMap(({ uniqueId, column }) => (uniqueId === node.uniqueId ? [column] : []));
  // A column that is not there is its reader's own mistake.
  return [...new Set([...own, ...read])].filter((column) =>
    shape.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase()),
  );
}

/** What is known of a node's rows by some columns; null when a column is new, or the shape another one. */
export function knownContents(
  before: NodeState | null | undefined,
  { columns, shape }: { readonly columns: readonly string[]; readonly shape: RelationShape },
): ContentsByColumn | null {
  const known = before?.contents;
  if (known === undefined || known.shape !== shapeFingerprint(shape)) return null;
  const entries = columns.flatMap((column) => {
    const partitions = known.by[column];
    return partitions === undefined ? [] : [[column, partitions] as const];
  });
  return entries.length === columns.length ? Object.fromEntries(entries) : null;
}

/** Which rows are of some partitions, as SQL: of those that a build is about to replace, or has just built anew. */
export function rowsOfPartitions(column: string, changed: ChangedPartitions): string {
  // Not `in`: DuckDB reads all columns of every row before it looks at that, and at this before it reads the others.
  return changed.values.length === 0 ? "false" : `list_contains(${listOf(changed)}, ${renderIdentifier(column)})`;
}

function listOf({ type, values }: ChangedPartitions): string {
  return `[${values.map((value) => `try_cast(${renderLiteral(value)} as ${type})`).join(", ")}]`;
}

/** What is known of some partitions, by the column that makes them. */
export async function contentsOfPartitions(
  connection: Connection,
  known: ContentsByColumn,
  changed: ChangedPartitions,
): Promise<ContentsByColumn> {
  // Spelt as the column spells them: an input's column may be of another type.
  const rows = await connection.query(
    `select distinct ${partitionKey("partition", changed.type)} as key from (select unnest(${listOf(changed)}) as partition)`,
  );
  const keys = new Set(rows.map(({ key }) => key));
  const pick = (contents: PartitionContents): PartitionContents =>
    Object.fromEntries(Object.entries(contents).filter(([key]) => keys.has(key)));
  return Object.fromEntries(Object.entries(known).map(([column, contents]) => [column, pick(contents)]));
}

interface TableRows {
  readonly relation: string;
  readonly columns: readonly string[];
  readonly shape: RelationShape;
  readonly before: NodeState | null;
  /** Rows that went, and which came for them; null where all rows are new. */
  readonly replaced: { readonly removed: ContentsByColumn; readonly where: string } | null;
}

/** A table's rows by some columns; only those that came are read where the others are known. */
export async function tableContents(
  connection: Connection,
  { relation, columns, shape, before, replaced }: TableRows,
): Promise<RelationContents> {
  const known = replaced === null ? null : knownContents(before, { columns, shape });
  if (known === null || replaced === null) {
    return { shape: shapeFingerprint(shape), by: await readContents(connection, { relation, columns }, shape) };
  }
  const { removed, where } = replaced;
  const added = await readContents(connection, { relation, columns, where }, shape);
  return { shape: shapeFingerprint(shape), by: replaceRows(known, { removed, added }) };
}

interface SourceRows {
  readonly columns: readonly string[];
  readonly shape: RelationShape;
  readonly before: NodeState | null;
  /** Paths of its batches in the release before, and now. */
  readonly batches: { readonly before: readonly string[]; readonly now: readonly string[] };
}

/** A source's rows by some columns; batches never change, so only those that came or went are read. */
export async function sourceContents(
  connection: Connection,
  node: SourceNode,
  { columns, shape, before, batches }: SourceRows,
): Promise<RelationContents> {
  const typed = shape.columns.map(
    ({ name, type }) => `cast(${renderIdentifier(name)} as ${type}) as ${renderIdentifier(name)}`,
  );
  const read = async (paths: readonly string[]): Promise<ContentsByColumn> => {
    const relation = `(select ${typed.join(", ")} from (${sourceRows(node, paths)}))`;
    return readContents(connection, { relation, columns }, shape);
  };
  const known = knownContents(before, { columns, shape });
  const [gone, come] = [without(batches.before, batches.now), without(batches.now, batches.before)];
  const canGoOn = known !== null && gone.every((path) => existsSync(path));
  const by = canGoOn
    ? replaceRows(known, { removed: await read(gone), added: await read(come) })
    : await read(batches.now);
  return { shape: shapeFingerprint(shape), by };
}

function without(paths: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Set(others);
  return paths.filter((path) => !left.has(path));
}
