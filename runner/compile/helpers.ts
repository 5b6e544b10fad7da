import type { VarValue } from "../project/project.ts";

/** What the checking pass knows of a helper: its number of arguments, and whether they must be string literals. */
export interface HelperSpec {
  readonly min: number;
  readonly max: number;
  readonly literal: boolean;
  readonly usage: string;
  /** Only macros may use it, so that models stay one text for all engines. */
  readonly onlyInMacros?: true;
}

/** Engines whose SQL is compiled; DuckDB runs it, Trino reads what was exported. */
export const dialects = ["duckdb", "trino"] as const;

export type Dialect = (typeof dialects)[number];

/** Everything a template can say; each is a helper, so that a misspelt one is never an empty text. */
export const helperSpecs = {
  ref: { min: 1, max: 1, literal: true, usage: "{{ref 'model'}}" },
  source: { min: 1, max: 1, literal: true, usage: "{{source 'schema.table'}}" },
  var: { min: 1, max: 1, literal: true, usage: "{{var 'name'}}" },
  lit: { min: 1, max: 1, literal: false, usage: "{{lit (var 'name')}}" },
  id: { min: 1, max: 1, literal: false, usage: "{{id name}}" },
  list: { min: 1, max: Infinity, literal: false, usage: "{{#each (list 'a' 'b') as |x|}}" },
  dialect: { min: 1, max: 1, literal: true, usage: "{{#if (dialect 'trino')}}", onlyInMacros: true },
  run_date: { min: 0, max: 0, literal: false, usage: "{{run_date}}" },
  this_relation: { min: 0, max: 0, literal: false, usage: "{{this_relation}}" },
  is_incremental: { min: 0, max: 0, literal: false, usage: "{{#if (is_incremental)}}" },
  changed_partitions: { min: 0, max: 0, literal: false, usage: "where month in ({{changed_partitions}})" },
} as const satisfies Readonly<Record<string, HelperSpec>>;

/** Holds, while a partitioned model is built incrementally, the partitions that are built anew. */
export const changedPartitionsTable = "temp.tonearm_changed_partitions";

export type HelperName = keyof typeof helperSpecs;

/** Blocks of Handlebars that stay; all take one argument. */
export const blockNames = ["if", "unless", "each"] as const;

/** What the helpers of one rendering give back. */
export interface RenderContext {
  readonly relation: (reference: string) => string;
  readonly vars: Readonly<Record<string, VarValue>>;
  /** YYYY-MM-DD. */
  readonly runDate: string;
  readonly thisRelation: string;
  readonly isIncremental: boolean;
  readonly dialect: Dialect;
}

export type Helper = (...args: readonly unknown[]) => unknown;

/** The helper functions of one rendering; arguments were checked by the pass over the syntax tree. */
export function createHelpers(context: RenderContext): Readonly<Record<HelperName, Helper>> {
  return {
    ref: (name) => context.relation(String(name)),
    source: (name) => context.relation(String(name)),
    var: (name) => context.vars[String(name)] ?? null,
    lit: (value) => renderLiteral(value),
    id: (name) => renderIdentifier(String(name)),
    list: (...args) => args.slice(0, -1),
    dialect: (name) => context.dialect === name,
    run_date: () => `date '${context.runDate}'`,
    this_relation: () => context.thisRelation,
    is_incremental: () => context.isIncremental,
    changed_partitions: () => `select changed_partition from ${changedPartitionsTable}`,
  };
}

/** A SQL literal; a list gives its literals with commas between them, an empty one `null`, which nothing equals. */
export function renderLiteral(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "null" : value.map(renderLiteral).join(", ");
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value);
}

/** A quoted SQL identifier. */
export function renderIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
