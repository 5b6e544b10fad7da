import type { BoundColumn, Manifest, ManifestNode, ModelNode } from "../compile/manifest.ts";
import { type Diagnostic } from "../diagnostics.ts";
import { changeSchema, compareColumns } from "../materializations/change-schema.ts";
import { kindOf } from "../materializations/materialize.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { TypedColumn } from "./typed-tables.ts";

/** How the columns of models differ from those of a release. */
export interface SchemaDifferences {
  /** One line a model. */
  readonly lines: readonly string[];
  /** Models whose next build fails on them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compares the columns of all tables in a release, `warehouse` of the connection, with those that the models have now. */
export async function compareSchemas(
  connection: Connection,
  { nodes }: Manifest,
  isBuilt: (uniqueId: string) => boolean,
): Promise<SchemaDifferences> {
  const tables = Object.values(nodes).filter((node): node is ModelNode => isTable(node) && isBuilt(node.uniqueId));
  const published = await readColumns(connection, tables);
  const changed = tables.flatMap((node) => {
    const existing = published.get(node.relation) ?? [];
    const line = describeDifference(node.boundColumns, existing);
    return line === null ? [] : [{ node, existing, line: `${node.relation} ${line}` }];
  });
  const diagnostics = changed.flatMap(({ node, existing }) => {
    if (node.materialized !== "incremental" && node.materialized !== "partitioned") return [];
    const fitted = changeSchema(node, { existing, incoming: node.boundColumns });
    return "problem" in fitted ? [{ path: node.path, message: fitted.problem }] : [];
  });
  return { lines: changed.map(({ line }) => line), diagnostics };
}

function isTable(node: ManifestNode): boolean {
  return node.resourceType === "model" && !["view", "ephemeral"].includes(kindOf(node));
}

/** Not from duckdb_columns(), which binds every view, and so reads the files of bronze. */
async function readColumns(
  connection: Connection,
  tables: readonly ModelNode[],
): Promise<ReadonlyMap<string, readonly TypedColumn[]>> {
  if (tables.length === 0) return new Map();
  const columns = new Map<string, TypedColumn[]>(tables.map(({ relation }) => [relation, []]));
  const described = tables.map(
    ({ relation }) => `select '${relation}' as relation, column_name, column_type from (describe ${relation})`,
  );
  for (const row of await connection.query(described.join("\nunion all\n"))) {
    const column = { name: cellText(row["column_name"]), type: cellText(row["column_type"]) };
    columns.get(cellText(row["relation"]))?.push(column);
  }
  return columns;
}

function describeDifference(incoming: readonly BoundColumn[], existing: readonly TypedColumn[]): string | null {
  const { added, removed, retyped } = compareColumns({ existing, incoming });
  const before = (name: string): string =>
    existing.find((it) => it.name.toLowerCase() === name.toLowerCase())?.type ?? "";
  const parts = [
    ...added.map(({ name, type }) => `adds ${name} ${type}`),
    ...removed.map(({ name, type }) => `drops ${name} ${type}`),
    ...retyped.map(({ name, type }) => `changes ${name} from ${before(name)} to ${type}`),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}
