import type { BindingMistake } from "../compile/binder.ts";
import { changedPartitionsTable } from "../compile/helpers.ts";
import type { ManifestNode, ManifestTest, ModelNode } from "../compile/manifest.ts";
import { testedColumns } from "../compile/tested-columns.ts";
import { renderFailures } from "../data-tests/render-data-test.ts";
import { incomingTable } from "../materializations/merge-incoming.ts";
import type { Statement } from "../materializations/materialize.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { ReadText } from "../project/project-texts.ts";
import { diagnoseStatement, diagnoseTest, testHead } from "./explain-failure.ts";
import { runTogether, type TypedColumn } from "./typed-tables.ts";

interface Typed {
  /** Columns of the tables, by their names as SQL writes them. */
  readonly types: ReadonlyMap<string, readonly TypedColumn[]>;
  readonly readText: ReadText;
}

/** What is wrong with the incremental SQL of models whose tables are there, empty. */
export async function bindIncremental(
  connection: Connection,
  nodes: readonly ManifestNode[],
  { types, readText }: Typed,
): Promise<readonly BindingMistake[]> {
  const models = nodes.flatMap((node) =>
    node.resourceType === "model" && node.incrementalCode !== null
      ? [{ node, statements: incrementalStatements(node, node.incrementalCode, types.get(node.relation) ?? []) }]
      : [],
  );
  if (
    await runTogether(
      connection,
      models.flatMap(({ statements }) => statements),
    )
  )
    return [];
  const mistakes: BindingMistake[] = [];
  for (const { node, statements } of models) {
    for (const statement of statements) {
      const error = await failureOf(connection, statement.sql);
      if (error === null) continue;
      const diagnostic = diagnoseStatement(node, { statement, incremental: true, error }, readText);
      mistakes.push({ uniqueId: node.uniqueId, diagnostic });
      break;
    }
  }
  return mistakes;
}

/** What is wrong with data tests of which all tables are there, empty. */
export async function bindTests(
  connection: Connection,
  tests: readonly ManifestTest[],
  { types, readText }: Typed,
): Promise<readonly BindingMistake[]> {
  const all = tests
    .filter((test) => !isPlain(test, types))
    .map((test) => ({ test, sql: `${testHead}${renderFailures(test).sql}\n) as bad_rows` }));
  if (
    await runTogether(
      connection,
      all.map(({ sql }) => ({ sql, codeOffset: null })),
    )
  )
    return [];
  const mistakes: BindingMistake[] = [];
  for (const { test, sql } of all) {
    const error = await failureOf(connection, sql);
    if (error !== null) mistakes.push({ uniqueId: test.uniqueId, diagnostic: diagnoseTest(test, { error }, readText) });
  }
  return mistakes;
}

/** Most data tests only name columns: where these are there, and a range's is a number, DuckDB has nothing to say. */
function isPlain(test: ManifestTest, types: Typed["types"]): boolean {
  const accepted = { not_null: /./, unique: /./, range: /INT$|^(?:DOUBLE|FLOAT|DECIMAL)/ };
  const pattern = Object.entries(accepted).find(([kind]) => kind === test.test.kind)?.[1];
  const columns = types.get(test.relation ?? "") ?? [];
  const isThere = (name: string): boolean =>
    columns.some((column) => column.name.toLowerCase() === name.toLowerCase() && pattern?.test(column.type) === true);
  return pattern !== undefined && testedColumns(test).every(isThere);
}

function incrementalStatements(
  { partitionBy }: ModelNode,
  code: string,
  columns: readonly TypedColumn[],
): readonly Statement[] {
  const type = columns.find(({ name }) => name.toLowerCase() === partitionBy?.toLowerCase())?.type ?? "VARCHAR";
  const partitions = `create or replace temp table ${temporary(changedPartitionsTable)} (changed_partition ${type})`;
  const head = `create or replace temp table ${temporary(incomingTable)} as select * from (\n`;
  return [
    ...(partitionBy === null ? [] : [{ sql: partitions, codeOffset: null }]),
    { sql: `${head}${code}\n) limit 0`, codeOffset: head.length },
  ];
}

function temporary(table: string): string {
  return table.replace("temp.", "");
}

async function failureOf(connection: Connection, sql: string): Promise<unknown> {
  try {
    await connection.run(sql);
    return null;
  } catch (error) {
    return error;
  }
}
