import { childOf, listOf, textOf, type Tree, treesOf } from "../syntax-tree.ts";
import { tracePivot } from "./trace-pivot.ts";
import {
  columnOf,
  noOrigins,
  type Origins,
  type Scope,
  type ScopeRelation,
  type Surroundings,
  type TracedColumn,
  unite,
} from "./scope.ts";
import { traceExpression } from "./trace-expression.ts";
import { renamed, traceQuery } from "./trace-query.ts";

/** What one FROM brings into a scope. */
interface From {
  readonly relations: readonly ScopeRelation[];
  readonly merged: ReadonlyMap<string, Origins>;
}

type Tracer = (from: Tree, scope: Scope) => From;

const tracers: Readonly<Record<string, Tracer>> = {
  BASE_TABLE: (from, scope) => one(from, tableColumns(from, scope), tableAliases(from)),
  SUBQUERY: (from, scope) =>
    one(from, traceQuery(childOf(childOf(from, "subquery"), "node"), { ...scope, outer: scope })),
  EXPRESSION_LIST: (from, scope) => one(from, valuesColumns(from, scope)),
  PIVOT: (from, scope) => {
    const source = traceFrom(childOf(from, "source"), scope);
    return one(from, tracePivot(from, { ...scope, ...source }));
  },
  TABLE_FUNCTION: (from, scope) => {
    const call = childOf(from, "function");
    const origins = traceExpression(call, scope);
    const alias = (textOf(from, "alias") || textOf(call, "function_name")).toLowerCase();
    const [name = textOf(call, "function_name")] = listOf(from["column_name_alias"]).map(String);
    return {
      relations: [{ aliases: [alias], columns: [{ name, origins }], hidden: new Set(), rest: origins }],
      merged: new Map(),
    };
  },
  JOIN: (from, scope) => {
    const left = traceFrom(childOf(from, "left"), scope);
    // What stands to the right of a comma or join may read what stands to the left of it.
    const right = traceFrom(childOf(from, "right"), { ...scope, relations: [...scope.relations, ...left.relations] });
    const kind = textOf(from, "join_type");
    return kind === "SEMI" || kind === "ANTI" ? left : mergeColumns(from, left, right);
  },
};

/** The scope of a SELECT: what its FROM brings, inside what surrounds it. */
export function scopeOf(select: Tree, { tables, ctes, outer }: Surroundings): Scope {
  const empty = { relations: [], merged: new Map<string, Origins>() };
  const scope: Scope = { tables, ctes, outer, ...empty, aliases: new Map(), parameters: new Set() };
  return { ...scope, ...traceFrom(childOf(select, "from_table"), scope) };
}

function traceFrom(from: Tree, scope: Scope): From {
  const tracer = tracers[textOf(from, "type")];
  return tracer === undefined ? { relations: [], merged: new Map() } : tracer(from, scope);
}

function one(from: Tree, columns: readonly TracedColumn[], aliases?: readonly string[]): From {
  const named = renamed(columns, listOf(from["column_name_alias"]).map(String));
  const own = aliases ?? [textOf(from, "alias").toLowerCase()];
  return { relations: [{ aliases: own, columns: named, hidden: new Set(), rest: null }], merged: new Map() };
}

function tableAliases(from: Tree): readonly string[] {
  const alias = textOf(from, "alias").toLowerCase();
  const name = textOf(from, "table_name").toLowerCase();
  return alias === "" ? [name, `${textOf(from, "schema_name").toLowerCase()}.${name}`] : [alias];
}

function tableColumns(from: Tree, { ctes, tables }: Scope): readonly TracedColumn[] {
  const name = textOf(from, "table_name").toLowerCase();
  const schema = textOf(from, "schema_name").toLowerCase();
  const cte = schema === "" ? ctes.get(name) : undefined;
  if (cte !== undefined) return cte;
  const table = tables.get(`${schema}.${name}`);
  return (table?.columns ?? []).map((column) => ({
    name: column,
    origins: new Set([`${table?.uniqueId}\n${column}`]),
  }));
}

function valuesColumns(from: Tree, scope: Scope): readonly TracedColumn[] {
  const rows = listOf(from["values"]).map((row) => treesOf(row).map((cell) => traceExpression(cell, scope)));
  return (rows[0] ?? []).map((_, at) => ({
    name: `col${at}`,
    origins: unite(rows.map((row) => row[at] ?? noOrigins)),
  }));
}

/** Columns of USING and NATURAL are one: the left's, of a right join the right's, of a full join made of both. */
function mergeColumns(from: Tree, left: From, right: From): From {
  const merged = new Map([...left.merged, ...right.merged]);
  const names = new Set(usingNames(from, left, right));
  const origins = (side: From, name: string): Origins =>
    side.merged.get(name) ?? side.relations.map((it) => columnOf(it, name)).find((it) => it !== null) ?? noOrigins;
  const sides: Readonly<Record<string, readonly From[]>> = {
    RIGHT: [right],
    OUTER: [left, right],
    FULL: [left, right],
  };
  const kept = sides[textOf(from, "join_type")] ?? [left];
  for (const name of names) merged.set(name, unite(kept.map((side) => origins(side, name))));
  const hidden = right.relations.map((relation) => ({ ...relation, hidden: new Set([...relation.hidden, ...names]) }));
  return { relations: [...left.relations, ...hidden], merged };
}

function usingNames(from: Tree, left: From, right: From): readonly string[] {
  const using = listOf(from["using_columns"]).map((name) => String(name).toLowerCase());
  if (textOf(from, "ref_type") !== "NATURAL") return using;
  const all = ({ relations }: From): string[] =>
    relations.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase()));
  const others = new Set(all(right));
  return all(left).filter((name) => others.has(name));
}
