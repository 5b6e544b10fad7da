import { isTree, listOf, textOf, type Tree } from "./syntax-tree.ts";

/** A SELECT whose expressions can be kept from failing, one by one, to find the one that does. */
export interface GuardedQuery {
  /** Where each guarded expression stands, in bytes: what others are made of first, and what stands last in the text before what stands first. */
  readonly positions: readonly number[];
  /** The query, for `json_deserialize_sql`, with the first so many expressions guarded. */
  readonly render: (count: number) => string;
  /** Each of its CTEs and at last itself: where their SELECT begins, and a query that gives their rows. */
  readonly steps: readonly { readonly position: number; readonly json: string }[];
}

const wholeNumber = /"(?:[^"\\]|\\.)*"|-?\d{16,}/g;

/** What may be guarded in a query that `json_serialize_sql` gave; null where that has no single statement. */
export function guardExpressions(json: string, untryable: ReadonlySet<string>): GuardedQuery | null {
  const answer: unknown = JSON.parse(keepNumbers(json));
  const [statement, ...others] = isTree(answer) ? listOf(answer["statements"]) : [];
  if (!isTree(statement) || !isTree(statement["node"]) || others.length > 0) return null;
  const found: Found = { guards: new Map(), positions: [], untryable };
  collect(statement, found);
  const render = (count: number): string => renderQuery(guard(statement, { ...found, count }));
  const { cte_map: _, ...main } = statement["node"];
  const position = firstPosition(main);
  const last = position === null ? [] : [{ position, json: render(0) }];
  return { positions: found.positions, render, steps: [...cteQueries(statement["node"]), ...last] };
}

interface Found {
  /** Node of the tree → which guard it is. */
  readonly guards: Map<Tree, number>;
  readonly positions: number[];
  readonly untryable: ReadonlySet<string>;
}

/** From the end to the start, children before parents; what is written alike in one SELECT has one guard, as GROUP BY asks for. */
function collect(value: unknown, found: Found, alike = new Map<string, number>()): void {
  if (Array.isArray(value)) for (const item of value.toReversed()) collect(item, found, alike);
  if (!isTree(value) || value["type"] === "TABLE_FUNCTION") return;
  const within = value["type"] === "SELECT_NODE" ? new Map<string, number>() : alike;
  // The parameters of a lambda are no expression.
  for (const [key, child] of Object.entries(value).toReversed()) if (key !== "lhs") collect(child, found, within);
  const position = positionOf(value);
  if (position === null || !isGuardable(value, found.untryable)) return;
  const text = JSON.stringify({ ...value, alias: "" }, withoutPositions);
  const own = within.get(text) ?? found.positions.length;
  within.set(text, own);
  found.guards.set(value, own);
  found.positions[own] = position;
}

function isGuardable(node: Tree, untryable: ReadonlySet<string>): boolean {
  if (node["class"] === "SUBQUERY") return node["subquery_type"] === "SCALAR";
  return node["class"] === "FUNCTION" && !hasUntryable(node, untryable);
}

/** TRY takes no aggregates and what is named with them, no windows, no subqueries and no UNNEST. */
function hasUntryable(value: unknown, untryable: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((item) => hasUntryable(item, untryable));
  if (!isTree(value)) return false;
  const name = textOf(value, "function_name");
  if (["WINDOW", "SUBQUERY"].includes(textOf(value, "class")) || untryable.has(name) || name === "unnest") return true;
  return Object.values(value).some((child) => hasUntryable(child, untryable));
}

function guard(value: unknown, on: Found & { readonly count: number }): unknown {
  if (Array.isArray(value)) return value.map((item) => guard(item, on));
  if (!isTree(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, guard(child, on)]));
  if (value["aggregate_handling"] === "FORCE_AGGREGATES") return { ...copy, ...groupByNumbers(value, on.untryable) };
  if ((on.guards.get(value) ?? on.count) >= on.count) return copy;
  if (value["class"] === "SUBQUERY") return limitedSubquery(copy);
  const { alias } = value;
  return { class: "OPERATOR", type: "OPERATOR_TRY", alias, children: [{ ...copy, alias: "" }] };
}

/** One row of a subquery that has several. */
function limitedSubquery(node: Tree): Tree {
  const subquery = isTree(node["subquery"]) ? node["subquery"] : {};
  const inner = isTree(subquery["node"]) ? subquery["node"] : {};
  const modifiers = [...listOf(inner["modifiers"]), { type: "LIMIT_MODIFIER", limit: integer(1), offset: null }];
  return { ...node, subquery: { ...subquery, node: { ...inner, modifiers } } };
}

/** GROUP BY ALL written out: DuckDB loses the columns inside a TRY otherwise. */
function groupByNumbers(select: Tree, untryable: ReadonlySet<string>): Tree {
  const places = listOf(select["select_list"]).flatMap((item, at) => (hasUntryable(item, untryable) ? [] : [at + 1]));
  const groups = { group_expressions: places.map(integer), group_sets: [places.map((_, at) => at)] };
  return { ...groups, aggregate_handling: "STANDARD_HANDLING" };
}

function integer(value: number): Tree {
  const type = { id: "INTEGER", type_info: null };
  return { class: "CONSTANT", type: "VALUE_CONSTANT", alias: "", value: { type, is_null: false, value } };
}

function cteQueries(query: Tree): GuardedQuery["steps"] {
  const entries = isTree(query["cte_map"]) ? listOf(query["cte_map"]["map"]).filter(isTree) : [];
  return entries.flatMap((entry, at) => {
    const position = firstPosition(entry["value"]);
    if (position === null) return [];
    const node = { ...selectAll(textOf(entry, "key")), cte_map: { map: entries.slice(0, at + 1) } };
    return [{ position, json: renderQuery({ node, named_param_map: [] }) }];
  });
}

function selectAll(table: string): Tree {
  const star = {
    class: "STAR",
    type: "STAR",
    alias: "",
    relation_name: "",
    exclude_list: [],
    replace_list: [],
    columns: false,
  };
  const from = { type: "BASE_TABLE", alias: "", schema_name: "", table_name: table, catalog_name: "" };
  return {
    type: "SELECT_NODE",
    modifiers: [],
    select_list: [star],
    from_table: from,
    group_sets: [],
    aggregate_handling: "STANDARD_HANDLING",
  };
}

function firstPosition(value: unknown): number | null {
  const children = Array.isArray(value) ? value : isTree(value) ? Object.values(value) : [];
  const own = isTree(value) ? positionOf(value) : null;
  const known = [own, ...children.map(firstPosition)].filter((position) => position !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** DuckDB's "nowhere" is a very large number, which stands as a text here. */
function positionOf(node: Tree): number | null {
  const position = node["query_location"];
  return typeof position === "number" ? position : null;
}

/** Numbers that JavaScript would round stand as texts while the tree is ours. */
function keepNumbers(json: string): string {
  return json.replaceAll(wholeNumber, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`));
}

function renderQuery(statement: unknown): string {
  const json = JSON.stringify({ error: false, statements: [statement] }, withoutPositions);
  return json.replaceAll(/"\\u0000(-?\d+)"/g, "$1");
}

function withoutPositions(key: string, value: unknown): unknown {
  return key === "query_location" ? undefined : value;
}
