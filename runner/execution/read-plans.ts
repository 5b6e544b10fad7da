import { renderLiteral } from "../compile/helpers.ts";
import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { cellText } from "../warehouse/cells.ts";
import { withDuckDB } from "../warehouse/duckdb.ts";
import { createTypedTables, type TypedTables, upstreamOf } from "./typed-tables.ts";

/** DuckDB's plans of models, by unique id, as it binds them on empty tables; of a model that it cannot plan there is none. */
export async function readPlans(
  models: readonly ModelNode[],
  settings: Pick<TypedTables, "readText" | "scoreColumns"> & { readonly manifest: Manifest },
): Promise<ReadonlyMap<string, unknown>> {
  const ids = models.map(({ uniqueId }) => uniqueId);
  return withDuckDB({ threads: 1 }, async (database) => {
    const connection = await database.connect();
    await createTypedTables(connection, upstreamOf(settings.manifest, ids), { ...settings, seedRows: false });
    const plans = new Map<string, unknown>();
    for (const { uniqueId, compiledCode } of models) {
      const [row] = await connection.query(
        `select json_serialize_plan(${renderLiteral(compiledCode)}, skip_null := true, skip_empty := true, optimize := false) as plan`,
      );
      plans.set(uniqueId, JSON.parse(cellText(row?.["plan"] ?? null)));
    }
    return plans;
  });
}
