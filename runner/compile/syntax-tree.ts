/** A node of DuckDB's syntax tree, as `json_serialize_sql` gives it. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The items of a list; none where there is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The nodes of a list; none where there is no list. */
export function treesOf(value: unknown): readonly Tree[] {
  return listOf(value).filter(isTree);
}

/** The node under a key; an empty one where there is none. */
export function childOf(tree: Tree, key: string): Tree {
  const child = tree[key];
  return isTree(child) ? child : {};
}

/** The text under a key; empty where there is none. */
export function textOf(tree: Tree, key: string): string {
  const text = tree[key];
  return typeof text === "string" ? text : "";
}
