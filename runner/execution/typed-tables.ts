import { join } from "node:path";

import type { BindingMistake } from "../compile/binder.ts";
import { renderIdentifier } from "../compile/helpers.ts";
import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { materialize, type Statement } from "../materializations/materialize.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { ReadText } from "../project/project-texts.ts";
import { diagnoseStatement } from "./explain-failure.ts";

/** A column by its name and its type as DuckDB writes it. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** What tells the types of relations without any rows of theirs. */
export interface TypedTables {
  readonly manifest: Manifest;
  readonly readText: ReadText;
  /** The statement that gives the columns that scoring adds to predictions; null for any other node. */
  readonly scoreColumns: (node: ManifestNode) => string | null;
  /** Whether seeds are read with their rows. */
  readonly seedRows: boolean;
  /** Columns of a node that are known already. */
  readonly known?: (node: ManifestNode) => readonly TypedColumn[] | undefined;
}

/** All that the given nodes read, however far up, and themselves, upstream first. */
export function upstreamOf({ nodes, order }: Manifest, uniqueIds: readonly string[]): readonly ManifestNode[] {
  const needed = new Set<string>();
  const waiting = [...uniqueIds];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (needed.has(next)) continue;
    needed.add(next);
    waiting.push(...(nodes[next]?.reads ?? []));
  }
  return order.flatMap((uniqueId) => (needed.has(uniqueId) ? (nodes[uniqueId] ?? []) : []));
}

/**
 * Makes an empty table of each node under its name, with the types that binding its SQL gives. Gives what is wrong with a node's SQL,
 * at its template's line; what names such a node is left out.
 */
export async function createTypedTables(
  connection: Connection,
  nodes: readonly ManifestNode[],
  from: TypedTables,
): Promise<readonly BindingMistake[]> {
  const schemas = [...new Set(nodes.map((node) => node.schema))].map(
    (schema) => `create schema if not exists ${schema}`,
  );
  for (const schema of schemas) await connection.run(schema);
  const all = nodes.map((node) => ({ node, statements: statementsOf(node, from) }));
  if (
    await runTogether(
      connection,
      all.flatMap(({ statements }) => statements),
    )
  )
    return [];
  const mistakes: BindingMistake[] = [];
  const missing = new Set<string>();
  for (const { node, statements } of all) {
    const isCut = node.dependsOn.some((uniqueId) => missing.has(uniqueId));
    const mistake = isCut ? null : await runAlone(connection, { node, statements }, from.readText);
    if (!isCut && mistake === null) continue;
    missing.add(node.uniqueId);
    if (mistake !== null) mistakes.push(mistake);
  }
  return mistakes;
}

/** All in one round trip, or nothing at all: which of them is wrong does not show. */
export async function runTogether(connection: Connection, statements: readonly Statement[]): Promise<boolean> {
  try {
    await connection.run(["begin", ...statements.map(({ sql }) => sql), "commit"].join(";\n"));
    return true;
  } catch {
    // A text that cannot be parsed fails before the transaction begins.
    await connection.run("rollback").catch(() => undefined);
    return false;
  }
}

async function runAlone(
  connection: Connection,
  { node, statements }: { readonly node: ManifestNode; readonly statements: readonly Statement[] },
  readText: ReadText,
): Promise<BindingMistake | null> {
  for (const statement of statements) {
    try {
      await connection.run(statement.sql);
    } catch (error) {
      const diagnostic = diagnoseStatement(node, { statement, incremental: false, error }, readText);
      return { uniqueId: node.uniqueId, diagnostic };
    }
  }
  return null;
}

function statementsOf(node: ManifestNode, from: TypedTables): readonly Statement[] {
  const known = from.known?.(node);
  if (known !== undefined) return [emptyTable(node, known)];
  if (node.resourceType === "seed" && from.seedRows) {
    const seedPath = join(from.manifest.root, node.path);
    return materialize(node, { existing: null, incremental: false, changedPartitions: null, seedPath, batchPaths: [] });
  }
  if (node.resourceType !== "model") {
    return [
      emptyTable(
        node,
        node.columns.map(({ name, dataType }) => ({ name, type: dataType ?? "VARCHAR" })),
      ),
    ];
  }
  const head = `create table ${node.relation} as select * from (\n`;
  const bound = { sql: `${head}${node.compiledCode}\n) limit 0`, codeOffset: head.length };
  const scored = from.scoreColumns(node);
  return scored === null ? [bound] : [bound, { sql: scored, codeOffset: null }];
}

function emptyTable({ relation }: ManifestNode, columns: readonly TypedColumn[]): Statement {
  const typed = columns.map(({ name, type }) => `${renderIdentifier(name)} ${type}`);
  return { sql: `create table ${relation} (${typed.join(", ")})`, codeOffset: null };
}
