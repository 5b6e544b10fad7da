import { join } from "node:path";

import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { materialize, type Statement } from "../materializations/materialize.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { explainStatement, type ReadText } from "./explain-failure.ts";

/** What tells the types of relations without any rows of theirs. */
export interface TypedTables {
  readonly manifest: Manifest;
  readonly readText: ReadText;
  /** The statement that gives the columns that scoring adds to predictions; null for any other node. */
  readonly scoreColumns: (node: ManifestNode) => string | null;
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
 * Makes an empty table of each node under its name, with the types that binding its SQL gives; seeds with their rows. Gives what is
 * wrong with a node's SQL, at its template's line; what reads such a node is left out.
 */
export async function createTypedTables(
  connection: Connection,
  nodes: readonly ManifestNode[],
  from: TypedTables,
): Promise<readonly string[]> {
  const failures: string[] = [];
  const missing = new Set<string>();
  for (const schema of new Set(nodes.map((node) => node.schema)))
    await connection.run(`create schema if not exists ${schema}`);
  for (const node of nodes) {
    const failure = node.reads.some((uniqueId) => missing.has(uniqueId)) ? "" : await createOne(connection, node, from);
    if (failure === null) continue;
    missing.add(node.uniqueId);
    if (failure !== "") failures.push(failure);
  }
  return failures;
}

async function createOne(connection: Connection, node: ManifestNode, from: TypedTables): Promise<string | null> {
  for (const statement of statementsOf(node, from)) {
    try {
      await connection.run(statement.sql);
    } catch (error) {
      return explainStatement(node, { statement, incremental: false, error }, from.readText);
    }
  }
  return null;
}

function statementsOf(node: ManifestNode, { manifest, scoreColumns }: TypedTables): readonly Statement[] {
  if (node.resourceType !== "model") {
    const seedPath = join(manifest.root, node.path);
    return materialize(node, { existing: null, incremental: false, changedPartitions: null, seedPath, batchPaths: [] });
  }
  if (node.materialized === "ephemeral") return [];
  const head = `create table ${node.relation} as select * from (\n`;
  const bound = { sql: `${head}${node.compiledCode}\n) limit 0`, codeOffset: head.length };
  const scored = scoreColumns(node);
  return scored === null ? [bound] : [bound, { sql: scored, codeOffset: null }];
}
