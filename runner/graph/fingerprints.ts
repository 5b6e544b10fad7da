import { createHash } from "node:crypto";

import type { ManifestNode, ManifestTest, ModelNode } from "../compile/manifest.ts";

/** What a node is built from besides the manifest. */
export interface Surroundings {
  /** DuckDB's version. */
  readonly engine: string;
  /** Absolute; the views over bronze name the files in it. */
  readonly dataDir: string;
  readonly batches: Readonly<Record<string, readonly string[]>>;
  /** Trained model → SHA-256 of the version that scores now; none for a model without a champion. */
  readonly champions: Readonly<Record<string, string>>;
}

export interface Fingerprints {
  readonly build: string;
  readonly parts: BuildParts;
  readonly tests: string;
  readonly docs: string;
}

/** SHA-256 of a plain value, in hexadecimal. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** What a node's rows depend on, part by part, so that a build can say which part changed. */
export interface BuildParts {
  /** DuckDB's version. */
  readonly engine: string;
  /** Name of a part → its fingerprint. */
  readonly own: Readonly<Record<string, string>>;
  /** Unique id of what it reads → its content. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** All that the node's rows depend on: SQL, behaviour, engine, the content of what it reads. Texts have no part in it. */
export function buildParts(
  node: ManifestNode,
  contentHash: (uniqueId: string) => string | undefined,
  surroundings: Surroundings,
): BuildParts {
  const types = node.columns.map(({ name, dataType }) => [name, dataType]);
  const own = {
    source: () => ({
      columns: types,
      folder: surroundings.dataDir,
      batches: surroundings.batches[node.name] ?? [],
    }),
    seed: () => ({ columns: types, file: node.resourceType === "seed" ? node.sha256 : null }),
    model: () => (node.resourceType === "model" ? modelBehaviour(node, surroundings) : {}),
  }[node.resourceType]();
  const short = ([name, value]: readonly [string, unknown]): [string, string] => [
    name,
    fingerprint(value).slice(0, 16),
  ];
  return {
    engine: surroundings.engine,
    own: Object.fromEntries(Object.entries({ name: node.relation, ...own }).map(short)),
    inputs: Object.fromEntries(node.reads.map((uniqueId) => short([uniqueId, contentHash(uniqueId) ?? null]))),
  };
}

/** Changes when the node's rows may. */
export function buildFingerprint(
  node: ManifestNode,
  contentHash: (uniqueId: string) => string | undefined,
  surroundings: Surroundings,
): string {
  return fingerprint(buildParts(node, contentHash, surroundings));
}

/** Changes when all rows of a partitioned model may, whatever the partitions of its inputs hold. */
export function wholeFingerprint(
  node: ModelNode,
  contentHash: (uniqueId: string) => string | undefined,
  surroundings: Surroundings,
): string {
  const byPartition = new Set(node.partitionedInputs.map(({ uniqueId }) => uniqueId));
  const reads = node.reads.filter((uniqueId) => !byPartition.has(uniqueId));
  return fingerprint([buildFingerprint({ ...node, reads }, contentHash, surroundings), node.partitionedInputs]);
}

/** Changes when the tests this node's transaction runs could say something else. */
export function testsFingerprint(
  tests: readonly ManifestTest[],
  sqlOf: (test: ManifestTest) => string,
  contentHash: (uniqueId: string) => string | undefined,
): string {
  return fingerprint(
    tests.map((test) => [sqlOf(test), test.settings, test.reads.map((uniqueId) => contentHash(uniqueId) ?? null)]),
  );
}

/** Changes when a description does. */
export function docsFingerprint({ description, columns }: ManifestNode): string {
  return fingerprint([description, columns.map((column) => [column.name, column.description])]);
}

/** Content of a view or a source: what it is made of, since its rows are not its own. */
export function derivedContentHash(
  node: ManifestNode,
  contentHash: (uniqueId: string) => string | undefined,
  surroundings: Surroundings,
): string {
  const withoutPlace = { ...surroundings, dataDir: "" };
  return buildFingerprint(node, contentHash, withoutPlace);
}

function modelBehaviour(node: ModelNode, { champions }: Surroundings): Readonly<Record<string, unknown>> {
  const { materialized, uniqueKey, incrementalStrategy, compiledCode, incrementalCode, scoredBy } = node;
  const { onSchemaChange, partitionBy } = node;
  const rules = materialized === "incremental" || materialized === "partitioned" ? [onSchemaChange, partitionBy] : [];
  return {
    sql: [compiledCode, incrementalCode],
    settings: [materialized, uniqueKey, incrementalStrategy, ...rules],
    ...(scoredBy !== null && { champion: [scoredBy, champions[scoredBy] ?? null] }),
  };
}
