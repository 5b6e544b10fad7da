import { renderIdentifier, renderLiteral } from "../compile/helpers.ts";
import { didYouMean } from "../diagnostics.ts";
import type { UnitTestRows } from "../project/project.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { parseError } from "./explain-failure.ts";
import { describeRelation, type RelationShape } from "./relation-content.ts";

/** Given or expected rows that cannot be made. */
export interface FixtureProblem {
  readonly message: string;
  readonly hint: string;
}

type Columns = RelationShape["columns"];

/** Makes a table of given rows; what is wrong with them, or null. */
export async function createFixture(
  connection: Connection,
  rows: UnitTestRows,
  of: { readonly table: string; readonly types: Columns },
): Promise<FixtureProblem | null> {
  try {
    return await createTable(connection, rows, of);
  } catch (error) {
    const types = of.types.map(({ name, type }) => `${name} ${type}`).join(", ");
    return { message: parseError(error).message, hint: `columns: ${types}` };
  }
}

/** Makes a table of given rows, of the columns that they have, with the types of the relation they stand for; what is wrong, or null. */
async function createTable(
  connection: Connection,
  rows: UnitTestRows,
  { table, types }: { readonly table: string; readonly types: Columns },
): Promise<FixtureProblem | null> {
  if (rows.format === "sql") await connection.run(`create or replace temp table tonearm_given as\n${rows.sql}`);
  const names =
    rows.format === "sql"
      ? (await describeRelation(connection, { schema: "main", name: "tonearm_given", database: "temp" })).columns.map(
          ({ name }) => name,
        )
      : [...new Set(rows.records.flatMap((record) => Object.keys(record)))];
  const typed = names.map((name) => types.find((type) => type.name.toLowerCase() === name.toLowerCase()));
  const unknown = names.find((_, at) => typed[at] === undefined);
  if (unknown !== undefined) {
    const known = types.map(({ name }) => name);
    return {
      message: `there is no column '${unknown}'`,
      hint: didYouMean(unknown, known) ?? `columns: ${known.join(", ")}`,
    };
  }
  // Without a row nothing says which columns are meant: all.
  const columns = names.length === 0 ? types : typed.filter((type) => type !== undefined);
  await connection.run(
    `create ${table.startsWith("temp.") ? "temp " : ""}table ${table.replace(/^temp\./, "")} as ${select(rows, names, columns)}`,
  );
  return null;
}

function select(rows: UnitTestRows, names: readonly string[], columns: Columns): string {
  const casts = columns.map(({ name, type }, at) => {
    const given = names.length === 0 ? "null" : renderIdentifier(names[at] ?? name);
    return `cast(${given} as ${type}) as ${renderIdentifier(name)}`;
  });
  if (rows.format === "sql") return `select ${casts.join(", ")} from temp.tonearm_given`;
  if (names.length === 0) return `select ${casts.join(", ")} where false`;
  const values = rows.records.map((record) => `(${names.map((name) => literal(record[name])).join(", ")})`);
  return `select ${casts.join(", ")} from (values ${values.join(",\n")}) as given (${names.map(renderIdentifier).join(", ")})`;
}

/** Lists and structs as JSON, which DuckDB casts to their types; all others as texts, so that a column of values has one type. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return renderLiteral(typeof value === "string" ? value : JSON.stringify(value));
}
