import { parseColumnOrigins } from "../compile/column-lineage.ts";
import type { UpstreamTable } from "../compile/lineage/scope.ts";
import type { BoundColumn, Manifest, ManifestNode, ModelNode } from "../compile/manifest.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { TypedColumn } from "./typed-tables.ts";

interface Typed {
  readonly manifest: Manifest;
  /** Columns of relations, by their names as SQL writes them. */
  readonly types: ReadonlyMap<string, readonly TypedColumn[]>;
}

/** The columns of nodes by unique id, those of models with what they are made of. */
export async function traceModels(
  connection: Connection,
  nodes: readonly ManifestNode[],
  typed: Typed,
): Promise<ReadonlyMap<string, readonly BoundColumn[]>> {
  const models = nodes.flatMap((node) => (node.resourceType === "model" ? [node] : []));
  const trees = await readTrees(connection, models);
  return new Map(
    nodes.map((node): [string, readonly BoundColumn[]] => {
      const columns = typed.types.get(node.relation) ?? [];
      const from = node.resourceType === "model" ? traceModel(node, trees.get(node.uniqueId) ?? "", typed) : [];
      const unknown = node.resourceType === "model" ? null : [];
      return [node.uniqueId, columns.map((column, at) => ({ ...column, from: from[at] ?? unknown }))];
    }),
  );
}

function traceModel(model: ModelNode, tree: string, { manifest, types }: Typed): ReturnType<typeof parseColumnOrigins> {
  const upstream = model.reads.map((uniqueId): UpstreamTable => {
    const relation = manifest.nodes[uniqueId]?.relation ?? "";
    return { uniqueId, relation, columns: (types.get(relation) ?? []).map(({ name }) => name) };
  });
  const count = types.get(model.relation)?.length ?? 0;
  return parseColumnOrigins(tree, { upstream, count, isScored: model.scoredBy !== null });
}

/** The syntax trees of models by unique id, as JSON. */
async function readTrees(connection: Connection, models: readonly ModelNode[]): Promise<ReadonlyMap<string, string>> {
  if (models.length === 0) return new Map();
  const values = models.map(({ uniqueId, compiledCode }) => `(${literal(uniqueId)}, ${literal(compiledCode)})`);
  const rows = await connection.query(
    `select id, cast(json_serialize_sql(sql) as varchar) as tree from (values ${values.join(",\n")}) as input (id, sql)`,
  );
  return new Map(rows.map(({ id, tree }) => [cellText(id), cellText(tree)]));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
