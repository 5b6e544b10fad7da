import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { ModelNode } from "../runner/compile/manifest.ts";
import { exportToFiles } from "../runner/delivery/export-files.ts";
import { type Connection, withDuckDB } from "../runner/warehouse/duckdb.ts";
import { readCurrentRelease } from "../runner/warehouse/releases.ts";
import { findDifference } from "./compare-engines.ts";
import { cellAsTrinoHas, type EngineColumn, rowsOfDuckDB, rowsOfTrino } from "./engine-cells.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import { projectRoot, runNode, tonearm, withScratchFolder } from "./measure.ts";
import { readManifest } from "./read-manifest.ts";
import type { BenchReport } from "./report.ts";
import { registerTables, type Trino, withTrino } from "./trino-server.ts";

/** Bronze and seeds too, so that every model's SELECT finds what it reads. */
const schemas = ["bronze", "seeds", "silver", "gold", "meta"];

/** What became of the relations, or of the SELECTs, one line each that was not equal. */
interface Comparison {
  readonly equal: number;
  readonly differing: readonly string[];
  readonly lines: readonly string[];
}

/**
 * A real Trino over the exported Parquet of the real export: every relation against the release, row by row, and every model's
 * SELECT, compiled for Trino, against its rows. Downloads 821 MB the first time, into BENCH_TRINO_HOME or ~/.cache/tonearm-trino.
 */
export async function trinoBench(): Promise<BenchReport> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const [dataDir, lake, scratch] = [join(folder, "data"), join(folder, "lake"), join(folder, "trino")];
    await land(inputs, dataDir);
    await runNode([...tonearm, "build"], environmentOf(dataDir));
    await runNode([...tonearm, "compile", "--dialect", "trino"], environmentOf(dataDir));
    await exportToFiles({ dataDir, format: "parquet", path: lake, keepReleases: 1, schemas });
    await mkdir(scratch);
    return withTrino({ folder: lake, scratch }, async (trino) => {
      await registerTables(trino, lake);
      const release = await readCurrentRelease(dataDir);
      return withDuckDB({ path: release?.path ?? "", readOnly: true }, async (database) =>
        report(await database.connect(), trino),
      );
    });
  });
}

async function report(duckdb: Connection, trino: Trino): Promise<BenchReport> {
  const relations = await compareRelations(duckdb, trino);
  const models = await compareModels(duckdb, trino);
  const total = relations.equal + relations.differing.length;
  return {
    summaries: [],
    notes: [
      ...relations.lines,
      ...relations.differing,
      ...models.differing,
      `${models.equal} of ${models.equal + models.differing.length} SELECTs of silver and gold give the same rows on Trino`,
    ],
    figures: [
      {
        name: "relations equal",
        value: relations.equal,
        unit: "relations",
        target: total,
        good: "at least",
        digits: 0,
      },
    ],
  };
}

/** Reads every relation by both engines; the lines tell how long each took for the tables of gold. */
async function compareRelations(duckdb: Connection, trino: Trino): Promise<Comparison> {
  const lines: string[] = [];
  const differing: string[] = [];
  let equal = 0;
  for (const [relation, columns] of await readShapes(duckdb)) {
    const began = performance.now();
    const expected = await readDuckDB(duckdb, relation, columns);
    const read = performance.now();
    const answer = await trino.query(`select * from ${relation}`);
    const ended = performance.now();
    const difference = findDifference(expected, rowsOfTrino(columns, answer), 0);
    if (difference === null) equal += 1;
    else differing.push(`${relation}: ${difference}`);
    if (relation.startsWith("gold."))
      lines.push(`${relation}: ${(read - began).toFixed(0)} ms in DuckDB, ${(ended - read).toFixed(0)} ms in Trino`);
  }
  return { equal, differing, lines };
}

/** Runs the SELECT of every model on Trino, as `compile --dialect trino` gives it. */
async function compareModels(duckdb: Connection, trino: Trino): Promise<Comparison> {
  const shapes = await readShapes(duckdb);
  const differing: string[] = [];
  let equal = 0;
  for (const { relation, path } of await portableModels()) {
    const columns = shapes.get(relation);
    if (columns === undefined) continue;
    const sql = await readFile(join(projectRoot, "target/trino", path), "utf8");
    const difference = await trino.query(sql.trim().replace(/;$/, "")).then(
      async (answer) => findDifference(await readDuckDB(duckdb, relation, columns), rowsOfTrino(columns, answer), 1e-6),
      (error: unknown) => String(error).split("\n")[0] ?? "",
    );
    if (difference === null) equal += 1;
    else differing.push(`${relation}: ${difference}`);
  }
  return { equal, differing, lines: [] };
}

/** Models whose rows are those of their SELECT: predictions are not. */
async function portableModels(): Promise<readonly ModelNode[]> {
  const { order, nodes } = await readManifest();
  return order.flatMap((uniqueId) => {
    const node = nodes[uniqueId];
    const isSelect = node?.resourceType === "model" && !["ephemeral", "predictions"].includes(node.materialized);
    return isSelect ? [node] : [];
  });
}

const columnRow = z.object({ relation: z.string(), column_name: z.string(), data_type: z.string() });

async function readShapes(duckdb: Connection): Promise<ReadonlyMap<string, readonly EngineColumn[]>> {
  const rows = await duckdb.query(`
    select schema_name || '.' || table_name as relation, column_name, data_type from duckdb_columns()
    where database_name = current_database() and schema_name in ('silver', 'gold', 'meta')
    order by relation, column_index`);
  const shapes = new Map<string, readonly EngineColumn[]>();
  for (const { relation, column_name: name, data_type: type } of z.array(columnRow).parse(rows)) {
    shapes.set(relation, [...(shapes.get(relation) ?? []), { name, type }]);
  }
  return shapes;
}

async function readDuckDB(
  duckdb: Connection,
  relation: string,
  columns: readonly EngineColumn[],
): Promise<ReturnType<typeof rowsOfDuckDB>> {
  const rows = await duckdb.query(`select ${columns.map(cellAsTrinoHas).join(", ")} from ${relation}`);
  return rowsOfDuckDB(columns, rows);
}
