import type { BuildParts } from "./fingerprints.ts";

/** What a partitioned model was built from, partition by partition. */
export interface PartitionState {
  /** Fingerprint of its SQL and of all that it does not read by partitions. */
  readonly whole: string;
  /** Input → partition, as text, → fingerprint of its rows. The key of rows without a partition is the empty text. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Data tests that none of its rows failed → what they ask, so that a build asks them only of rows that it built anew. */
  readonly clean?: Readonly<Record<string, string>> | undefined;
  /** The content hash from which its last build replaced partitions, and columns, in lower case, of which no value went with them. */
  readonly kept?: { readonly since: string; readonly columns: readonly string[] } | undefined;
}

/** The rows of a relation by each of some columns, kept up from build to build, so that only what came and went is read. */
export interface RelationContents {
  /** Fingerprint of all columns and their types: hashes of rows with other ones cannot be told from each other. */
  readonly shape: string;
  /** Column → its value as text, with the keys of `PartitionState` → row count, sum and xor of row hashes. */
  readonly by: ContentsByColumn;
}

export type ContentsByColumn = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What stands in the current release for one node. */
export interface NodeState {
  readonly buildFingerprint: string;
  readonly testsFingerprint: string;
  readonly docsFingerprint: string;
  readonly contentHash: string;
  /** What `buildFingerprint` was made of; releases of older versions lack it. */
  readonly builtFrom?: BuildParts | undefined;
  /** Of a partitioned model only. */
  readonly partitions?: PartitionState | undefined;
  /** Of what is partitioned, or is read by partitions: by those columns. */
  readonly contents?: RelationContents | undefined;
  /** Null for views. */
  readonly rows: number | null;
  /** Id of the run that built it. */
  readonly builtBy: string;
  /** ISO time. */
  readonly builtAt: string;
  /** Milliseconds that took, by which the next build puts its nodes in order; releases of older versions lack it. */
  readonly ms?: number | undefined;
  /** Since when it keeps older rows because a newer build of it, or of what it reads, failed. */
  readonly held: { readonly since: string; readonly runId: string; readonly reason: string } | null;
}

/** What the current release was built from: the state a plan starts from. */
export interface BuildState {
  /** Bronze table → the batches its view reads. */
  readonly batches: Readonly<Record<string, readonly string[]>>;
  readonly nodes: Readonly<Record<string, NodeState>>;
}

/** The state before the first build. */
export const emptyState: BuildState = { batches: {}, nodes: {} };
