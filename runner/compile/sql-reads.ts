import * as z from "zod";

import { type FilteredTable, partitionFilters } from "./partition-filters.ts";

/** A name in a SQL text and the character offset where it stands (null where DuckDB gives none). */
export interface SqlName {
  readonly name: string;
  readonly offset: number | null;
}

/** What one SQL text reads, or why it cannot be read. */
export type SqlReads =
  | {
      readonly ok: true;
      readonly statements: number;
      /** Tables that are no CTE, as written: `silver.plays`. */
      readonly tables: readonly SqlName[];
      /** Functions of the clock, of chance, of the session or of files, and samples, by their names. */
      readonly impure: readonly SqlName[];
      /** Tables of which every mention is filtered by {{changed_partitions}}, with the column that it is done by. */
      readonly filtered: readonly FilteredTable[];
    }
  | { readonly ok: false; readonly message: string; readonly offset: number | null };

/** Parses SQL texts; in the order given. */
export interface SqlParser {
  read(sqls: readonly string[]): Promise<readonly SqlReads[]>;
}

const impureFunctions = new Set(
  `now today get_current_timestamp transaction_timestamp current_date current_timestamp localtime localtimestamp
   get_current_time current_time random setseed uuid uuidv4 uuidv7 gen_random_uuid nextval currval txid_current
   current_user session_user current_schema current_schemas current_database current_catalog current_query current_setting
   getenv getvariable read_csv read_csv_auto read_json read_json_auto read_json_objects read_json_objects_auto
   read_ndjson read_ndjson_auto read_ndjson_objects read_parquet parquet_scan parquet_metadata parquet_schema
   parquet_file_metadata parquet_kv_metadata read_text read_blob read_duckdb glob sniff_csv query query_table`.split(
    /\s+/,
  ),
);
const impureColumns = new Set(
  "current_date current_timestamp current_time localtime localtimestamp current_user user".split(" "),
);
const clockWords = new Set(["now", "today", "yesterday", "tomorrow"]);

const errorSchema = z.object({
  error: z.literal(true),
  error_message: z.string(),
  position: z.coerce.number().optional(),
});
const treeSchema = z.object({ error: z.literal(false), statements: z.array(z.unknown()) });
const answerSchema = z.union([errorSchema, treeSchema]);

type Tree = Readonly<Record<string, unknown>>;

/** What a SQL text reads, from DuckDB's `json_serialize_sql` of it. */
export function parseSqlReads(sql: string, json: string): SqlReads {
  const answer = answerSchema.parse(JSON.parse(json));
  if (answer.error) return { ok: false, message: answer.error_message, offset: errorOffset(sql, answer.position) };
  const bytes = Buffer.from(sql, "utf8");
  const found: Found = {
    tables: [],
    impure: [],
    filtered: [],
    offset: (position) => characterOffset(bytes, position),
    sample: findSample(sql),
  };
  for (const statement of answer.statements) walk(statement, new Set(), found);
  const { tables, impure } = found;
  return { ok: true, statements: answer.statements.length, tables, impure, filtered: alwaysFiltered(found) };
}

interface Found {
  readonly tables: SqlName[];
  readonly impure: SqlName[];
  readonly filtered: FilteredTable[];
  readonly offset: (position: unknown) => number | null;
  readonly sample: SqlName;
}

function walk(value: unknown, ctes: ReadonlySet<string>, found: Found): void {
  if (Array.isArray(value)) for (const item of value) walk(item, ctes, found);
  if (!isTree(value)) return;
  const inner = isTree(value["cte_map"]) ? walkCtes(value["cte_map"], ctes, found) : ctes;
  note(value, inner, found);
  for (const [key, child] of Object.entries(value)) if (key !== "cte_map") walk(child, inner, found);
}

/** A CTE sees those before it, and itself only where it is recursive: `with a as (select * from a)` reads the real a. */
function walkCtes(map: Tree, outer: ReadonlySet<string>, found: Found): ReadonlySet<string> {
  const seen = new Set(outer);
  const entries = Array.isArray(map["map"]) ? map["map"] : [];
  for (const entry of entries.filter(isTree)) {
    const name = String(entry["key"]).toLowerCase();
    const recursive = JSON.stringify(entry["value"]).includes('"RECURSIVE_CTE_NODE"');
    walk(entry["value"], recursive ? new Set([...seen, name]) : new Set(seen), found);
    seen.add(name);
  }
  return seen;
}

function note(node: Tree, ctes: ReadonlySet<string>, found: Found): void {
  const offset = found.offset(node["query_location"]);
  if (node["type"] === "BASE_TABLE") {
    const parts = [node["catalog_name"], node["schema_name"], node["table_name"]].filter((part) => part !== "");
    const name = parts.join(".");
    if (parts.length > 1 || !ctes.has(name.toLowerCase())) found.tables.push({ name, offset });
  }
  const impure = impureName(node);
  if (impure !== undefined) found.impure.push({ name: impure, offset });
  if (isTree(node["sample"])) found.impure.push(found.sample);
  if (node["type"] === "SELECT_NODE") found.filtered.push(...partitionFilters(node));
}

function alwaysFiltered({ tables, filtered }: Found): readonly FilteredTable[] {
  const mentions = (name: string): number => tables.filter((table) => table.name === name).length;
  const unique = new Map(filtered.map((table) => [JSON.stringify(table), table]));
  return [...unique].flatMap(([key, table]) => {
    const count = filtered.filter((other) => JSON.stringify(other) === key).length;
    return count === mentions(table.name) ? [table] : [];
  });
}

function impureName(node: Tree): string | undefined {
  if (node["class"] === "FUNCTION") {
    const name = String(node["function_name"]).toLowerCase();
    return impureFunctions.has(name) ? `${name}()` : undefined;
  }
  if (node["class"] === "COLUMN_REF") {
    const parts = Array.isArray(node["column_names"]) ? node["column_names"] : [];
    const name = String(parts[0]).toLowerCase();
    return parts.length === 1 && impureColumns.has(name) ? name : undefined;
  }
  if (node["class"] !== "CAST" || !isTree(node["child"])) return undefined;
  const constant = isTree(node["child"]["value"]) ? node["child"]["value"]["value"] : undefined;
  return typeof constant === "string" && clockWords.has(constant.trim().toLowerCase()) ? `'${constant}'` : undefined;
}

/** Of a syntax error DuckDB gives the place in code points, unlike everywhere else. */
function errorOffset(sql: string, position: number | undefined): number | null {
  return position === undefined ? null : Array.from(sql).slice(0, position).join("").length;
}

/** DuckDB counts bytes of UTF-8; its "nowhere" is a very large number. */
function characterOffset(bytes: Buffer, position: unknown): number | null {
  if (typeof position !== "number" || position > bytes.length) return null;
  return bytes.toString("utf8", 0, position).length;
}

/** DuckDB does not say where a sample stands; its words do. */
function findSample(sql: string): SqlName {
  const match = /\b(?:using\s+sample|tablesample)\b/i.exec(sql);
  return { name: match?.[0].toLowerCase().replace(/\s+/, " ") ?? "using sample", offset: match?.index ?? null };
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
