import { childOf, isTree, listOf, textOf, type Tree, treesOf } from "../syntax-tree.ts";
import { columnOf, noOrigins, type Scope, type TracedColumn, unite } from "./scope.ts";
import { traceExpression } from "./trace-expression.ts";

/** The columns of a select list, `*` and `columns(…)` written out. */
export function traceColumns(items: readonly Tree[], scope: Scope): readonly TracedColumn[] {
  return items.flatMap((item) => {
    const columns = traceItem(item, scope);
    for (const { name, origins } of columns) if (name !== "") scope.aliases.set(name.toLowerCase(), origins);
    return columns;
  });
}

function traceItem(item: Tree, scope: Scope): readonly TracedColumn[] {
  if (item["class"] === "STAR") return expandStar(item, scope);
  const alias = textOf(item, "alias");
  const star = item["class"] === "COLUMN_REF" ? null : findColumns(item);
  if (star !== null) {
    // An expression over `columns(…)` stands once for each of them.
    const others = traceExpression(without(item, star), scope);
    return expandStar(star, scope).map(({ name, origins }) => ({
      name: alias || name,
      origins: unite([others, origins]),
    }));
  }
  const names = listOf(item["column_names"]).map(String);
  return [{ name: alias || (names.at(-1) ?? ""), origins: traceExpression(item, scope) }];
}

/** The columns of `*`, `t.*`, `* exclude (…) replace (…) rename (…)` and `columns('pattern')`. */
function expandStar(star: Tree, scope: Scope): readonly TracedColumn[] {
  const table = textOf(star, "relation_name").toLowerCase();
  const excluded = excludedNames(star);
  const relations = scope.relations.filter(({ aliases }) => table === "" || aliases.includes(table));
  const pattern = patternOf(star);
  return relations.flatMap((relation) => {
    const isHidden = (name: string): boolean =>
      (table === "" && relation.hidden.has(name)) ||
      excluded.some((part) => part.column === name && (part.table === "" || relation.aliases.includes(part.table)));
    const kept = relation.columns.filter(
      ({ name }) => !isHidden(name.toLowerCase()) && (pattern === null || pattern.test(name)),
    );
    return kept.map((column) => replaceColumn(column, star, { scope, merged: table === "" }));
  });
}

function replaceColumn(
  column: TracedColumn,
  star: Tree,
  { scope, merged }: { readonly scope: Scope; readonly merged: boolean },
): TracedColumn {
  const name = column.name.toLowerCase();
  const replaced = treesOf(star["replace_list"]).find((entry) => textOf(entry, "key").toLowerCase() === name);
  if (replaced !== undefined) return { ...column, origins: traceExpression(childOf(replaced, "value"), scope) };
  const rename = treesOf(star["rename_list"]).find(
    (entry) => textOf(childOf(entry, "key"), "column").toLowerCase() === name,
  );
  const origins = (merged ? scope.merged.get(name) : undefined) ?? column.origins;
  return { name: rename === undefined ? column.name : textOf(rename, "value"), origins };
}

function excludedNames(star: Tree): readonly { readonly table: string; readonly column: string }[] {
  const plain = listOf(star["exclude_list"]).map((name) => ({ table: "", column: String(name).toLowerCase() }));
  const qualified = treesOf(star["qualified_exclude_list"]).map((entry) => ({
    table: textOf(entry, "table").toLowerCase(),
    column: textOf(entry, "column").toLowerCase(),
  }));
  return [...plain, ...qualified];
}

/** The regular expression of `columns('…')`: it may match anywhere in a name. */
function patternOf(star: Tree): RegExp | null {
  const text = childOf(childOf(star, "expr"), "value")["value"];
  if (typeof text !== "string") return null;
  try {
    return new RegExp(text, "u");
  } catch {
    return null;
  }
}

/** The `columns(…)` somewhere in an expression. */
function findColumns(expression: Tree): Tree | null {
  for (const value of Object.values(expression).flatMap((child) => (Array.isArray(child) ? child : [child]))) {
    if (!isTree(value) || value["class"] === "SUBQUERY") continue;
    if (value["class"] === "STAR" && value["columns"] === true) return value;
    const found = findColumns(value);
    if (found !== null) return found;
  }
  return null;
}

/** The same expression without one part of it. */
function without(expression: Tree, part: Tree): Tree {
  const cut = (value: unknown): unknown => {
    if (value === part) return null;
    if (Array.isArray(value)) return value.map(cut);
    return isTree(value) ? without(value, part) : value;
  };
  return Object.fromEntries(Object.entries(expression).map(([key, value]) => [key, cut(value)]));
}

/** What the columns of a list of names are made of, by their names. */
export function namedColumns(names: readonly string[], scope: Scope): readonly TracedColumn[] {
  return names.map((name) => {
    const found = scope.relations
      .map((relation) => columnOf(relation, name.toLowerCase()))
      .find((origins) => origins !== null);
    return { name, origins: found ?? noOrigins };
  });
}
