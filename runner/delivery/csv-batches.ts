import { renderLiteral } from "../compile/helpers.ts";
import { ProjectError } from "../diagnostics.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { type ExportRelation, quote, quoteRelation } from "./export-relation.ts";
import { type PostgresType, postgresType } from "./postgres-types.ts";

/** Rows of a batch at most: a row group of DuckDB's, which it reads without a look at the others. */
const rowsPerBatch = 122_880;
/** Rows of one text of a batch: about a megabyte. */
const rowsPerText = 4096;

/**
 * The rows of a relation of which a condition is true as CSV, batch by batch, each some texts that end with a line; DuckDB writes them, which takes
 * a third of what lines made one by one do. Within a batch many of them stand by the key: so an index of the target grows page by page. A NUL byte is
 * refused with its row.
 */
export async function* csvBatches(
  relation: ExportRelation,
  source: Connection,
  condition = "true",
): AsyncGenerator<readonly Buffer[]> {
  // JSON escapes what it holds, and what looks escaped may be a text: of all else the bytes tell.
  const isJson = (column: ExportRelation["columns"][number]): boolean => postgresType(column)?.type === "jsonb";
  await refuseNul(source, relation, relation.columns.filter(isJson));
  for (const range of await ranges(relation, source)) {
    const texts = await source.blobs(renderTexts(relation, `${range} and ${condition}`));
    if (texts.some((text) => text.includes(0))) await refuseNul(source, relation, relation.columns);
    yield texts;
  }
}

/** Conditions that take each row once. */
async function ranges(exported: ExportRelation, source: Connection): Promise<readonly string[]> {
  const { relation, rows } = exported;
  if (rows <= rowsPerBatch || !(await hasRowNumbers(exported, source))) return ["true"];
  const [last] = await source.query(`select max(rowid) as last_row from ${quoteRelation(relation)}`);
  const batches = Math.floor(Number(last?.["last_row"]) / rowsPerBatch) + 1;
  return Array.from({ length: batches }, (_, index) => {
    const from = index * rowsPerBatch;
    return `rowid >= ${from} and rowid < ${from + rowsPerBatch}`;
  });
}

/** Whether `rowid` is the number of a row: the rows of a view have none, and a column may have the name. */
export async function hasRowNumbers(
  { relation, columns }: Pick<ExportRelation, "relation" | "columns">,
  source: Connection,
): Promise<boolean> {
  if (columns.some(({ name }) => name.toLowerCase() === "rowid")) return false;
  // A look into the catalogue binds every view there is.
  return source.run(`select rowid from ${quoteRelation(relation)} limit 0`).then(
    () => true,
    () => false,
  );
}

function renderTexts({ relation, columns, keys, rows }: ExportRelation, range: string): string {
  const cells = columns.flatMap((column) => {
    const mapped = postgresType(column);
    return mapped === undefined ? [] : [csvCell(mapped, quote(column.name))];
  });
  const [key] = keys;
  const order = key === undefined ? "" : `order by ${key.columns.map(quote).join(", ")}`;
  // Few rows fill few pages, and putting them in order takes as long as writing them.
  const part = rows <= rowsPerText ? "0" : `(row_number() over (${order}) - 1) // ${rowsPerText}`;
  return `select encode(string_agg(line, chr(10)) || chr(10)) as texts
from (
    select concat_ws(',', ${cells.join(", ")}) as line, ${part} as part
    from ${quoteRelation(relation)}
    where ${range}
)
group by part`;
}

/** Text is always quoted, so that an empty text is told from a null. */
function csvCell({ text, isFree }: PostgresType, column: string): string {
  const cell = text(column);
  return `coalesce(${isFree ? `'"' || replace(${cell}, '"', '""') || '"'` : cell}, '')`;
}

/** Names the first row and column with a NUL byte, if there is one in these columns. */
async function refuseNul(
  source: Connection,
  { relation }: ExportRelation,
  columns: ExportRelation["columns"],
): Promise<void> {
  const checks = columns.flatMap((column) => {
    const hasNul = postgresType(column)?.hasNul?.(quote(column.name));
    return typeof hasNul !== "string" ? [] : [{ name: column.name, hasNul }];
  });
  if (checks.length === 0) return;
  const anywhere = checks.map(({ hasNul }) => hasNul).join(" or ");
  const whose = checks.map(({ name, hasNul }) => `when ${hasNul} then ${renderLiteral(name)}`).join(" ");
  const [found] = await source.query(
    `select row, case ${whose} end as name
    from (select *, row_number() over () as row from ${quoteRelation(relation)}) where ${anywhere} limit 1`,
  );
  if (found === undefined) return;
  const name = cellText(found["name"]);
  const message = `row ${cellText(found["row"])} holds a NUL byte in ${name}, which Postgres stores nowhere`;
  const hint = `Take it out in the model, for example by replace(${name}, chr(0), '').`;
  throw new ProjectError([{ path: relation, message, hint }], 1);
}
