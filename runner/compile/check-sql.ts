import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import { changedPartitionsTable } from "./helpers.ts";
import { diagnoseAt, type SourceMap } from "./source-map.ts";
import type { SqlName, SqlReads } from "./sql-reads.ts";

/** One compiled text with what it may read. */
export interface CompiledSql {
  readonly sql: string;
  readonly map: SourceMap;
  /** Relations its refs and sources stand for. */
  readonly allowed: readonly string[];
  /** Every relation of the project, for hints. */
  readonly known: ReadonlyMap<string, string>;
  readonly text: (path: string) => string;
}

/** What is wrong with a compiled text: no or several statements, tables not named by ref, clock, chance and files. */
export function checkSql(compiled: CompiledSql, reads: SqlReads): readonly Diagnostic[] {
  const { map, text } = compiled;
  const diagnose = (offset: number | null, message: string, hint?: string): Diagnostic =>
    diagnoseAt(map, offset ?? 0, { message, hint, text });
  if (!reads.ok) return [diagnose(reads.offset, ...explainParserMessage(reads.message, compiled.sql))];
  if (reads.statements !== 1) {
    const none = reads.statements === 0;
    const count = none ? "no statement" : `${reads.statements} statements`;
    const hint = none ? "write the SELECT that gives the rows" : "put each into a model file of its own";
    return [diagnose(0, `holds ${count}; a model is exactly one SELECT`, hint)];
  }
  const tables = reads.tables.filter(({ name }) => !compiled.allowed.includes(name));
  return [
    ...tables.map((table) => diagnose(table.offset, ...explainTable(table, compiled.known))),
    ...reads.impure.map((name) => diagnose(name.offset, ...explainImpure(name))),
  ];
}

function explainParserMessage(message: string, sql: string): [string, string?] {
  if (message.startsWith("Only SELECT")) {
    const first = /^\w+/.exec(sql)?.[0]?.toLowerCase() ?? "";
    if (first === "pivot" || first === "unpivot")
      return ["a bare PIVOT is no SELECT", `write select * from (${first} …)`];
    return ["is no SELECT statement", "a model is the SELECT that gives its rows; the runner writes CREATE and INSERT"];
  }
  return [message];
}

function explainTable({ name }: SqlName, known: ReadonlyMap<string, string>): [string, string?] {
  if (name === changedPartitionsTable) {
    const hint = "write it in a partitioned model, inside {{#if (is_incremental)}} … {{/if}}";
    return ["{{changed_partitions}} stands where nothing is built by partitions", hint];
  }
  const usage = known.get(name.toLowerCase());
  if (usage !== undefined) return [`reads ${name} by its name`, `write ${usage}, so that the graph knows of it`];
  if (/\.(parquet|csv|json|tsv|gz|ndjson|xlsx)$/i.test(name)) {
    return [`reads the file '${name}'`, "files are read when they land or as seeds; name a source or a ref"];
  }
  const last = name.split(".").at(-1) ?? name;
  const byName = new Map([...known].map(([relation, reference]) => [relation.split(".")[1] ?? relation, reference]));
  const message = `reads '${name}', which is neither a CTE nor a ref`;
  const same = byName.get(last);
  if (same !== undefined) return [message, `write ${same}`];
  return [message, didYouMean(last, byName.keys()) ?? "write {{ref 'model'}} or {{source 'schema.table'}}"];
}

function explainImpure({ name }: SqlName): [string, string] {
  if (/^(read_|parquet_|glob|sniff|query)/.test(name)) {
    return [
      `${name} reads what the graph does not know of`,
      "files are read when they land or as seeds; name a source or a ref",
    ];
  }
  if (/random|uuid|sample|setseed/.test(name)) {
    return [`${name} gives other rows in every build`, "derive it from the rows, for example hash(play_id)"];
  }
  return [`${name} depends on when or by whom it is run`, "write {{run_date}}, the day of the run as a date, or a var"];
}
