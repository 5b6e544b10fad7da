import { childOf, isTree, listOf, textOf, type Tree, treesOf } from "../syntax-tree.ts";
import { traceColumns } from "./expand-star.ts";
import { scopeOf } from "./trace-from.ts";
import { noOrigins, type Surroundings, type TracedColumn, unite } from "./scope.ts";

type Tracer = (node: Tree, around: Surroundings) => readonly TracedColumn[];

const tracers: Readonly<Record<string, Tracer>> = {
  SELECT_NODE: (node, around) => traceColumns(treesOf(node["select_list"]), scopeOf(node, around)),
  SET_OPERATION_NODE: (node, around) => {
    const [left = [], ...others] = operandsOf(node).map((operand) => traceQuery(operand, around));
    const kind = textOf(node, "setop_type");
    if (kind === "UNION_BY_NAME") return others.reduce(uniteByName, left);
    // Rows that both have, or only the left has, are the left's.
    return kind === "UNION" ? others.reduce(uniteByPlace, left) : left;
  },
  RECURSIVE_CTE_NODE: (node, around) => {
    const names = listOf(node["aliases"]).map(String);
    let columns = renamed(traceQuery(childOf(node, "left"), around), names);
    // What the recursion adds may be made of other columns of its own: a column more in each round, at most.
    for (let round = 0; round <= columns.length; round++) {
      const ctes = new Map(around.ctes).set(textOf(node, "cte_name").toLowerCase(), columns);
      columns = uniteByPlace(columns, traceQuery(childOf(node, "right"), { ...around, ctes }));
    }
    return columns;
  },
};

/** The columns of a query, each with what it is made of. */
export function traceQuery(node: Tree, around: Surroundings): readonly TracedColumn[] {
  const tracer = tracers[textOf(node, "type")];
  return tracer === undefined ? [] : tracer(node, { ...around, ctes: traceCtes(node, around) });
}

/** The columns under the names that an alias gives them: `as t (a, b)`. */
export function renamed(columns: readonly TracedColumn[], names: readonly string[]): readonly TracedColumn[] {
  return columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }));
}

/** A CTE sees those before it. */
function traceCtes(node: Tree, around: Surroundings): Surroundings["ctes"] {
  const entries = treesOf(childOf(node, "cte_map")["map"]);
  if (entries.length === 0) return around.ctes;
  const ctes = new Map(around.ctes);
  for (const entry of entries) {
    const value = childOf(entry, "value");
    const columns = traceQuery(childOf(childOf(value, "query"), "node"), { ...around, ctes: new Map(ctes) });
    ctes.set(textOf(entry, "key").toLowerCase(), renamed(columns, listOf(value["aliases"]).map(String)));
  }
  return ctes;
}

function operandsOf(node: Tree): readonly Tree[] {
  const children = treesOf(node["children"]);
  return children.length > 0 ? children : [node["left"], node["right"]].filter(isTree);
}

function uniteByPlace(left: readonly TracedColumn[], right: readonly TracedColumn[]): readonly TracedColumn[] {
  return left.map(({ name, origins }, at) => ({ name, origins: unite([origins, right[at]?.origins ?? noOrigins]) }));
}

function uniteByName(left: readonly TracedColumn[], right: readonly TracedColumn[]): readonly TracedColumn[] {
  const same = (name: string) => (other: TracedColumn) => other.name.toLowerCase() === name.toLowerCase();
  const both = left.map(({ name, origins }) => ({
    name,
    origins: unite([origins, right.find(same(name))?.origins ?? noOrigins]),
  }));
  return [...both, ...right.filter(({ name }) => !left.some(same(name)))];
}
