import { childOf, listOf, textOf, type Tree, treesOf, isTree } from "../syntax-tree.ts";
import { noOrigins, type Origins, resolveName, type Scope, unite } from "./scope.ts";
import { scopeOf } from "./trace-from.ts";
import { traceQuery } from "./trace-query.ts";

type Tracer = (expression: Tree, scope: Scope) => Origins;

const tracers: Readonly<Record<string, Tracer>> = {
  COLUMN_REF: (expression, scope) => resolveName(listOf(expression["column_names"]).map(String), scope),
  CONSTANT: () => noOrigins,
  SUBQUERY: (expression, scope) => {
    const node = childOf(childOf(expression, "subquery"), "node");
    const compared = traceExpression(childOf(expression, "child"), scope);
    return unite([
      compared,
      textOf(expression, "subquery_type").includes("EXISTS") ? condition(node, scope) : rows(node, scope),
    ]);
  },
  LAMBDA: (expression, scope) => {
    const parameters = new Set([...scope.parameters, ...parameterNames(childOf(expression, "lhs"))]);
    return traceExpression(childOf(expression, "expr"), { ...scope, parameters });
  },
  STAR: (_, { relations }) => unite(relations.flatMap(({ columns }) => columns.map(({ origins }) => origins))),
};

/** What the value of an expression is made of. */
export function traceExpression(expression: Tree, scope: Scope): Origins {
  const tracer = tracers[textOf(expression, "class")];
  if (tracer !== undefined) return tracer(expression, scope);
  return unite(Object.values(expression).flatMap((child) => [traceAny(child, scope)]));
}

function traceAny(value: unknown, scope: Scope): Origins {
  if (Array.isArray(value)) return unite(value.map((item) => traceAny(item, scope)));
  return isTree(value) ? traceExpression(value, scope) : noOrigins;
}

function rows(node: Tree, scope: Scope): Origins {
  return unite(traceQuery(node, { ...scope, outer: scope }).map(({ origins }) => origins));
}

/** An EXISTS has no value but whether its WHERE holds somewhere. */
function condition(node: Tree, scope: Scope): Origins {
  return traceExpression(childOf(node, "where_clause"), scopeOf(node, { ...scope, outer: scope }));
}

/** Of `v -> …` one name, of `lambda x, y: …` those of a row. */
function parameterNames(left: Tree): readonly string[] {
  const names = listOf(left["column_names"]).map((name) => String(name).toLowerCase());
  return [...names, ...treesOf(left["children"]).flatMap(parameterNames)];
}
