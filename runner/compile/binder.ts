import type { Diagnostic } from "../diagnostics.ts";
import type { BoundColumn, Manifest } from "./manifest.ts";

/** A mistake in the SQL of a node or a data test. */
export interface BindingMistake {
  /** Of the node or the data test. */
  readonly uniqueId: string;
  readonly diagnostic: Diagnostic;
}

/** What DuckDB says of compiled SQL before there is any row. */
export interface Binding {
  /** By unique id; what has a mistake, or reads such a node, has none. */
  readonly columns: ReadonlyMap<string, readonly BoundColumn[]>;
  readonly mistakes: readonly BindingMistake[];
  /** A `data_type` as it is written → DuckDB's own word for it; null where it knows no such type. */
  readonly types: ReadonlyMap<string, string | null>;
}

/** Binds all nodes and data tests of a manifest whose nodes have no columns yet. */
export interface Binder {
  bind(manifest: Manifest): Promise<Binding>;
}
