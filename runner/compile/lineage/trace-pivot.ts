import { childOf, listOf, textOf, type Tree, treesOf } from "../syntax-tree.ts";
import { namedColumns } from "./expand-star.ts";
import { noOrigins, type Scope, type TracedColumn, unite } from "./scope.ts";
import { traceExpression } from "./trace-expression.ts";

/** The columns of PIVOT and UNPIVOT; `scope` has their source as its only relations. */
export function tracePivot(pivot: Tree, scope: Scope): readonly TracedColumn[] {
  const values = listOf(pivot["unpivot_names"]).map(String);
  return values.length > 0 ? unpivoted(pivot, values, scope) : pivoted(pivot, scope);
}

/** Columns that become rows: first those that stay, then their names, then their values. */
function unpivoted(pivot: Tree, values: readonly string[], scope: Scope): readonly TracedColumn[] {
  const pivots = treesOf(pivot["pivots"]);
  const entries = pivots.flatMap((it) => treesOf(it["entries"]));
  const taken = entries.map((entry) => entryValues(entry));
  const moved = new Set(taken.flat().map((name) => name.toLowerCase()));
  const all = scope.relations.flatMap(({ columns }) => columns);
  const names = pivots.flatMap((it) => listOf(it["unpivot_names"]).map(String));
  return [
    ...all.filter(({ name }) => !moved.has(name.toLowerCase())),
    ...names.map((name) => ({ name, origins: noOrigins })),
    ...values.map((name, at) => ({
      name,
      origins: unite(
        namedColumns(
          taken.flatMap((entry) => entry[at] ?? []),
          scope,
        ).map(({ origins }) => origins),
      ),
    })),
  ];
}

/** Rows that become columns: the groups, then each value of the pivot with each aggregate. */
function pivoted(pivot: Tree, scope: Scope): readonly TracedColumn[] {
  const pivots = treesOf(pivot["pivots"]);
  const aggregates = treesOf(pivot["aggregates"]);
  const by = unite(
    pivots.flatMap((it) => treesOf(it["pivot_expressions"]).map((each) => traceExpression(each, scope))),
  );
  const headings = pivots.reduce<readonly string[]>(
    (before, it) =>
      before.flatMap((start) =>
        treesOf(it["entries"]).map((entry) => [start, headingOf(entry)].filter(Boolean).join("_")),
      ),
    [""],
  );
  const columns = headings.flatMap((heading) =>
    aggregates.map((aggregate) => ({
      name: aggregates.length === 1 ? heading : `${heading}_${textOf(aggregate, "alias")}`,
      origins: unite([by, traceExpression(aggregate, scope)]),
    })),
  );
  return [...namedColumns(listOf(pivot["groups"]).map(String), scope), ...columns];
}

function headingOf(entry: Tree): string {
  return textOf(entry, "alias") || entryValues(entry).join("_");
}

function entryValues(entry: Tree): readonly string[] {
  return treesOf(entry["values"]).map((value) => String(childOf({ value }, "value")["value"]));
}
