/** Columns upstream, each as unique id, line feed, name. */
export type Origins = ReadonlySet<string>;

export const noOrigins: Origins = new Set();

/** A column of a query and what it is made of; its name is empty where DuckDB makes one up. */
export interface TracedColumn {
  readonly name: string;
  readonly origins: Origins;
}

/** A relation upstream with its columns. */
export interface UpstreamTable {
  readonly uniqueId: string;
  readonly relation: string;
  readonly columns: readonly string[];
}

/** What surrounds a query. Keys are lower case. */
export interface Surroundings {
  readonly tables: ReadonlyMap<string, UpstreamTable>;
  readonly ctes: ReadonlyMap<string, readonly TracedColumn[]>;
  /** The scope in which a subquery stands: a correlated one reads it. */
  readonly outer: Scope | null;
}

/** One relation of a FROM. */
export interface ScopeRelation {
  /** Lower case; of a table both its name and `schema.name`. */
  readonly aliases: readonly string[];
  readonly columns: readonly TracedColumn[];
  /** Columns, in lower case, that `*` leaves out, because USING merged them into another relation's. */
  readonly hidden: ReadonlySet<string>;
  /** What any other column of it is made of; null where it has no others. */
  readonly rest: Origins | null;
}

/** What a name in a SELECT can stand for. */
export interface Scope extends Surroundings {
  readonly relations: readonly ScopeRelation[];
  /** Columns that USING merged. */
  readonly merged: ReadonlyMap<string, Origins>;
  /** Columns of the SELECT before the one at hand: DuckDB lets an expression name them. */
  readonly aliases: Map<string, Origins>;
  /** Parameters of the lambdas around the expression. */
  readonly parameters: ReadonlySet<string>;
}

/** All of several. */
export function unite(all: Iterable<Origins>): Origins {
  return new Set([...all].flatMap((origins) => [...origins]));
}

/** What a name is made of: of this scope, or of the one around it. */
export function resolveName(names: readonly string[], scope: Scope): Origins {
  const parts = names.map((name) => name.toLowerCase());
  return resolveHere(parts, scope) ?? (scope.outer === null ? noOrigins : resolveName(names, scope.outer));
}

function resolveHere(parts: readonly string[], scope: Scope): Origins | null {
  const [first = ""] = parts;
  if (scope.parameters.has(first)) return noOrigins;
  for (const depth of [2, 1]) {
    const [column] = parts.slice(depth);
    if (column === undefined) continue;
    const alias = parts.slice(0, depth).join(".");
    const relation = scope.relations.find(({ aliases }) => aliases.includes(alias));
    if (relation !== undefined) return columnOf(relation, column) ?? noOrigins;
  }
  return resolveColumn(first, scope);
}

function resolveColumn(name: string, { merged, relations, aliases }: Scope): Origins | null {
  const found = merged.get(name) ?? named(relations, name) ?? aliases.get(name);
  if (found !== undefined) return found;
  // A relation's name alone is its row.
  const row = relations.find((relation) => relation.aliases.includes(name));
  if (row !== undefined) return unite([...row.columns.map(({ origins }) => origins), row.rest ?? noOrigins]);
  return relations.find(({ rest }) => rest !== null)?.rest ?? null;
}

function named(relations: readonly ScopeRelation[], name: string): Origins | undefined {
  for (const { columns } of relations) {
    const found = columns.find((column) => column.name.toLowerCase() === name);
    if (found !== undefined) return found.origins;
  }
  return undefined;
}

/** What a column of a relation is made of, by its name in lower case; null where it has no such column. */
export function columnOf({ columns, rest }: ScopeRelation, name: string): Origins | null {
  return columns.find((column) => column.name.toLowerCase() === name)?.origins ?? rest;
}
