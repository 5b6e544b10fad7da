/** A relation of a release as the target shall have it. */
export interface ExportRelation {
  /** In the release: `gold.top_tracks_by_mood`. */
  readonly relation: string;
  readonly description: string;
  readonly columns: readonly ExportColumn[];
  readonly rows: number;
  readonly contentHash: string;
  readonly keys: readonly TableKey[];
}

export interface ExportColumn {
  readonly name: string;
  /** DuckDB's. */
  readonly type: string;
  readonly description: string;
}

/** A primary key, a unique key or an index of the target. */
export interface TableKey {
  readonly kind: "primary" | "unique" | "index";
  readonly columns: readonly string[];
}

/** Schema and name, quoted for DuckDB. */
export function quoteRelation(relation: string): string {
  const [schema = "", ...name] = relation.split(".");
  return `${quote(schema)}.${quote(name.join("."))}`;
}

/** An identifier, quoted for DuckDB. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
