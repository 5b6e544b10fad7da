import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { type Invocation, metadata } from "./dbt-metadata.ts";

/** All relations with the columns and types that DuckDB binds, as dbt's catalog of version 1 has them. */
export function renderDbtCatalog({ nodes }: Manifest, invocation: Invocation): object {
  const physical = Object.values(nodes).filter(
    (node) => !(node.resourceType === "model" && node.materialized === "ephemeral"),
  );
  const entries = (areSources: boolean): object =>
    Object.fromEntries(
      physical
        .filter(({ resourceType }) => (resourceType === "source") === areSources)
        .map((node) => [node.uniqueId, relationEntry(node)]),
    );
  return { metadata: metadata("catalog", 1, invocation), nodes: entries(false), sources: entries(true), errors: null };
}

function relationEntry(node: ManifestNode): object {
  const { uniqueId, name, schema, description, columns, boundColumns } = node;
  const isView = node.resourceType === "source" || (node.resourceType === "model" && node.materialized === "view");
  const comments = new Map(columns.map((column) => [column.name, column.description]));
  const typed = boundColumns.map((column, index) => {
    const comment = comments.get(column.name) ?? null;
    return [column.name, { name: column.name, type: column.type, index: index + 1, comment }];
  });
  return {
    unique_id: uniqueId,
    metadata: {
      type: isView ? "VIEW" : "BASE TABLE",
      schema,
      name,
      database: "warehouse",
      comment: description,
      owner: null,
    },
    columns: Object.fromEntries(typed),
    stats: { has_stats: { id: "has_stats", label: "Has Stats?", value: false, include: false, description: "" } },
  };
}
