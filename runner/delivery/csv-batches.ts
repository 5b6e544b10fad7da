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
const escapedNul = String.raw`\u0000`;

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
  for (const range of await ranges(relation, source)) {
    const texts = await source.blobs(renderTexts(relation, `${range} and ${condition}`));
    await refuseNul(source, relation, texts);
    yield texts;
  }
}

/** Whether a relation is one whose rows are written together with those of others. */
export function isSmall({ rows }: ExportRelation): boolean {
  return rows <= rowsPerText / 4;
}

/** The rows of small relations, each as one text: one statement takes half of what one a relation does. */
export async function csvOfSmall(
  relations: readonly ExportRelation[],
  source: Connection,
): Promise<ReadonlyMap<string, Buffer>> {
  const texts = await source.blobs(
    `select texts from (${relations.map(renderText).join("\nunion all\n")}) order by place`,
  );
  const found = new Map<string, Buffer>();
  for (const [place, relation] of relations.entries()) {
    const text = texts[place] ?? Buffer.alloc(0);
    await refuseNul(source, relation, [text]);
    found.set(relation.relation, text);
  }
  return found;
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
async function hasRowNumbers({ relation, columns }: ExportRelation, source: Connection): Promise<boolean> {
  if (columns.some(({ name }) => name.toLowerCase() === "rowid")) return false;
  // A look into the catalogue binds every view there is.
  return source.run(`select rowid from ${quoteRelation(relation)} limit 0`).then(
    () => true,
    () => false,
  );
}

function renderTexts(relation: ExportRelation, range: string): string {
  const [key] = relation.keys;
  const order = key === undefined ? "" : `order by ${key.columns.map(quote).join(", ")}`;
  return `select encode(string_agg(line, chr(10)) || chr(10)) as texts
from (
    select ${renderLine(relation)} as line, (row_number() over (${order}) - 1) // ${rowsPerText} as part
    from ${quoteRelation(relation.relation)}
    where ${range}
)
group by part`;
}

function renderText(relation: ExportRelation, place: number): string {
  return `select ${place} as place, encode(coalesce(string_agg(${renderLine(relation)}, chr(10)) || chr(10), '')) as texts
from ${quoteRelation(relation.relation)}`;
}

function renderLine({ columns }: ExportRelation): string {
  const cells = columns.flatMap((column) => {
    const mapped = postgresType(column);
    return mapped === undefined ? [] : [csvCell(mapped, quote(column.name))];
  });
  return `concat_ws(',', ${cells.join(", ")})`;
}

/** Text is always quoted, so that an empty text is told from a null. */
function csvCell({ text, isFree }: PostgresType, column: string): string {
  const cell = text(column);
  return `coalesce(${isFree ? `'"' || replace(${cell}, '"', '""') || '"'` : cell}, '')`;
}

/** Names the first row and column with a NUL byte, if there is one in these texts. */
async function refuseNul(
  source: Connection,
  { relation, columns }: ExportRelation,
  texts: readonly Buffer[],
): Promise<void> {
  // JSON escapes what it holds; what looks escaped may be a text.
  if (!texts.some((text) => text.includes(0) || text.includes(escapedNul))) return;
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
