import type { Diagnostic } from "../diagnostics.ts";
import type { ManifestNode, ModelNode } from "./manifest.ts";
import type { SqlReads } from "./sql-reads.ts";

/** What a partitioned model reads by partitions, told by its incremental SQL; everything else it reads whole. */
export function partitionedInputs(
  model: ModelNode,
  reads: SqlReads,
  nodes: Readonly<Record<string, ManifestNode>>,
): ModelNode["partitionedInputs"] {
  if (!reads.ok) return [];
  return model.reads.flatMap((uniqueId) => {
    const filtered = reads.filtered.find(({ name }) => name === nodes[uniqueId]?.relation);
    return filtered === undefined ? [] : [{ uniqueId, column: filtered.column }];
  });
}

/** Partitioned models that filter nothing by {{changed_partitions}}: they would be built whole each time. */
export function checkPartitioned(models: readonly ModelNode[]): readonly Diagnostic[] {
  return models
    .filter(({ materialized, partitionedInputs: inputs }) => materialized === "partitioned" && inputs.length === 0)
    .map(({ path, partitionBy }) => ({
      path,
      message: "a partitioned model filters at least one of its inputs by the changed partitions",
      hint: `write {{#if (is_incremental)}} where ${partitionBy ?? "month"} in ({{changed_partitions}}) {{/if}} in the same SELECT as the {{ref}}`,
    }));
}
