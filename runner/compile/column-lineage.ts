import type { ColumnReference } from "./manifest.ts";
import { traceQuery } from "./lineage/trace-query.ts";
import { type Origins, unite, type UpstreamTable } from "./lineage/scope.ts";
import { isTree, listOf } from "./syntax-tree.ts";

/** What a model's rows are made of besides its text. */
export interface LineageInput {
  readonly upstream: readonly UpstreamTable[];
  /** How many columns its rows have. */
  readonly count: number;
  /** Whether those that its text does not give are predictions, made of all the others. */
  readonly isScored: boolean;
}

/**
 * The columns upstream that each column of a SELECT is made of, from DuckDB's `json_serialize_sql` of it. Origins are what stands in
 * the column's expression: what filters, joins and groups rows is none, apart from the WHERE of an EXISTS. Null where the text does not tell.
 */
export function parseColumnOrigins(
  json: string,
  { upstream, count, isScored }: LineageInput,
): readonly (readonly ColumnReference[] | null)[] {
  const answer: unknown = JSON.parse(json);
  const [statement] = isTree(answer) ? listOf(answer["statements"]) : [];
  const unknown = Array.from({ length: count }, () => null);
  if (!isTree(statement) || !isTree(statement["node"])) return unknown;
  const tables = new Map(upstream.map((table) => [table.relation.toLowerCase(), table]));
  const traced = traceQuery(statement["node"], { tables, ctes: new Map(), outer: null });
  const added = isScored ? Math.max(0, count - traced.length) : 0;
  // Of `columns(c -> …)` only DuckDB knows how many there are.
  if (traced.length + added !== count) return unknown;
  const all = unite(traced.map(({ origins }) => origins));
  return [...traced.map(({ origins }) => origins), ...Array.from({ length: added }, () => all)].map(decode);
}

function decode(origins: Origins): readonly ColumnReference[] {
  return [...origins].map((key): ColumnReference => {
    const [uniqueId = "", column = ""] = key.split("\n");
    return { uniqueId, column };
  });
}
