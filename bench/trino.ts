import { readFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { type Connection, withDuckDB } from "../runner/warehouse/duckdb.ts";
import { readCurrentRelease } from "../runner/warehouse/releases.ts";
import { findDifference } from "./compare-engines.ts";
import { cellAsTrinoHas, type EngineColumn, rowsOfDuckDB, rowsOfTrino } from "./engine-cells.ts";
import { projectRoot, runNode, tonearm } from "./measure.ts";
import { readManifest } from "./read-manifest.ts";
import type { BenchReport, Figure } from "./report.ts";
import { withLake } from "./trino-lake.ts";
import type { Trino } from "./trino-server.ts";

/** Bronze and seeds too, so that every model's SELECT finds what it reads. */
const schemas = ["bronze", "seeds", "silver", "gold", "meta"];

/** What became of the relations, or of the SELECTs. */
interface Comparison {
  readonly total: number;
  /** One line each that was not equal. */
  readonly differing: readonly string[];
  /** Those without rows, of which equality says little. */
  readonly empty: readonly string[];
  /** The time of each of gold, in DuckDB and in Trino. */
  readonly lines: readonly string[];
}

/**
 * A real Trino over the exported Parquet of the real export: every relation against the release, row by row, and every model's
 * SELECT, compiled for each of both, those of predictions and training sets too.
 */
export async function trinoBench(): Promise<BenchReport> {
  return withLake(schemas, async ({ trino, dataDir, environment }) => {
    await runNode([...tonearm, "compile", "--dialect", "trino"], environment);
    const release = await readCurrentRelease(dataDir);
    return withDuckDB({ path: release?.path ?? "", readOnly: true }, async (database) =>
      report(await database.connect(), trino),
    );
  });
}

async function report(duckdb: Connection, trino: Trino): Promise<BenchReport> {
  const relations = await compareRelations(duckdb, trino);
  const models = await compareModels(duckdb, trino);
  const notesOf = (title: string, { lines, differing, empty }: Comparison): readonly string[] => [
    `${title}, time in DuckDB and in Trino:`,
    ...lines,
    `${title}, not equal: ${differing.length === 0 ? "none" : ""}`,
    ...differing,
    `${title}, without rows: ${empty.length === 0 ? "none" : empty.join(", ")}`,
  ];
  return {
    summaries: [],
    notes: [...notesOf("relations", relations), ...notesOf("SELECTs", models)],
    figures: [
      figureOf("relations of silver, gold and meta equal", relations),
      figureOf("SELECTs of silver and gold equal", models),
    ],
  };
}

function figureOf(name: string, { total, differing }: Comparison): Figure {
  return { name, value: total - differing.length, unit: `of ${total}`, target: total, good: "at least", digits: 0 };
}

/** Reads every relation by both engines; the lines tell how long each took for the tables of gold. */
async function compareRelations(duckdb: Connection, trino: Trino): Promise<Comparison> {
  const rows = await duckdb.query(`
    select distinct schema_name || '.' || table_name as name from duckdb_columns()
    where database_name = current_database() and schema_name in ('silver', 'gold', 'meta') order by name`);
  const relations = z.array(z.object({ name: z.string() })).parse(rows);
  const statements = relations.map(({ name }) => ({
    name,
    duckdb: `select * from ${name}`,
    trino: `select * from ${name}`,
  }));
  return compareStatements(statements, { duckdb, trino, tolerance: 0 });
}

/** Runs the SELECT of every model on both, as it is compiled for each. */
async function compareModels(duckdb: Connection, trino: Trino): Promise<Comparison> {
  const { order, nodes } = await readManifest();
  const models = order.flatMap((uniqueId) => {
    const node = nodes[uniqueId];
    return node?.resourceType === "model" && node.materialized !== "ephemeral" ? [node] : [];
  });
  const statements = await Promise.all(
    models.map(async ({ relation, path, compiledCode }) => ({
      name: relation,
      duckdb: withoutEnd(compiledCode),
      trino: withoutEnd(await readFile(join(projectRoot, "target/trino", path), "utf8")),
    })),
  );
  return compareStatements(statements, { duckdb, trino, tolerance: 1e-6 });
}

const withoutEnd = (sql: string): string => sql.trim().replace(/;$/, "");

interface Engines {
  readonly duckdb: Connection;
  readonly trino: Trino;
  /** Relative, of real numbers. */
  readonly tolerance: number;
}

async function compareStatements(
  statements: readonly { readonly name: string; readonly duckdb: string; readonly trino: string }[],
  { duckdb, trino, tolerance }: Engines,
): Promise<Comparison> {
  const lines: string[] = [];
  const differing: string[] = [];
  const empty: string[] = [];
  for (const statement of statements) {
    const columns = await readColumns(duckdb, statement.duckdb);
    const began = performance.now();
    const cells = columns.map(cellAsTrinoHas).join(", ");
    const expected = rowsOfDuckDB(columns, await duckdb.query(`select ${cells} from (${statement.duckdb})`));
    const read = performance.now();
    const difference = await trino.query(statement.trino).then(
      (answer) => findDifference(expected, rowsOfTrino(columns, answer), tolerance),
      (error: unknown) => String(error).split("\n")[0] ?? "",
    );
    const ended = performance.now();
    if (difference !== null) differing.push(`${statement.name}: ${difference}`);
    if (expected.rows.length === 0) empty.push(statement.name);
    if (statement.name.startsWith("gold."))
      lines.push(`${statement.name}: ${(read - began).toFixed(0)} ms, ${(ended - read).toFixed(0)} ms`);
  }
  return { total: statements.length, differing, empty, lines };
}

const describedRow = z.object({ column_name: z.string(), column_type: z.string() });

async function readColumns(duckdb: Connection, sql: string): Promise<readonly EngineColumn[]> {
  const rows = z.array(describedRow).parse(await duckdb.query(`describe ${sql}`));
  return rows.map(({ column_name: name, column_type: type }) => ({ name, type }));
}
