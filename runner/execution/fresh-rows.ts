import type { Manifest, ManifestNode, ManifestTest } from "../compile/manifest.ts";
import { renderDataTest } from "../data-tests/render-data-test.ts";
import type { NodeState, PartitionState } from "../graph/build-state.ts";
import { fingerprint } from "../graph/fingerprints.ts";
import type { BuiltRows } from "./build-rows.ts";
import type { TestResult } from "./run-results.ts";

/** Rows that a build made anew beside rows that it kept. */
export interface FreshRows {
  readonly relation: string;
  /** Which they are, as SQL. */
  readonly where: string;
  /** Whether none of the kept rows fails a test. */
  readonly isClean: (test: ManifestTest) => boolean;
}

interface Knowing {
  readonly manifest: Manifest;
  /** What stands in the build for a node. */
  readonly stateOf: (uniqueId: string) => NodeState | undefined;
}

/** The rows of the partitions that were built anew; null where all were, or where it is not known what the others held. */
export function freshRows(
  node: ManifestNode,
  rows: BuiltRows | null,
  { before, ...knowing }: Knowing & { readonly before: NodeState | null },
): FreshRows | null {
  const clean = before?.partitions?.clean;
  if (rows === null || rows.replaced === null || clean === undefined) return null;
  const { where } = rows.replaced;
  const isClean = (test: ManifestTest): boolean =>
    validContents(test, knowing).some((content) => clean[test.uniqueId] === question(test, content));
  return { relation: node.relation, where, isClean };
}

interface Tested extends Knowing {
  readonly tests: readonly ManifestTest[];
  readonly results: readonly TestResult[];
}

/** What is known of a partitioned model once its tests have run: those that no row failed. */
export function withCleanTests(
  partitions: PartitionState | undefined,
  { tests, results, ...knowing }: Tested,
): PartitionState | undefined {
  if (partitions === undefined) return undefined;
  const passed = new Set(results.filter(({ failures }) => failures === 0).map(({ uniqueId }) => uniqueId));
  const clean = tests.flatMap((test) => {
    const [content] = validContents(test, knowing);
    return content !== undefined && passed.has(test.uniqueId)
      ? [[test.uniqueId, question(test, content)] as const]
      : [];
  });
  return { ...partitions, clean: Object.fromEntries(clean) };
}

/**
 * Contents of what a test looks into by which a good answer still holds for rows that were not replaced since: the present one, first, and
 * one from which no value has gone. Null where it looks into nothing else.
 */
function validContents(
  { test, relation, toRelation }: ManifestTest,
  { manifest, stateOf }: Knowing,
): readonly (string | null)[] {
  if (toRelation === null) return [null];
  const other = Object.values(manifest.nodes).find((node) => node.relation === toRelation);
  const state = other === undefined || toRelation === relation ? undefined : stateOf(other.uniqueId);
  if (state === undefined || test.kind !== "relationships") return [];
  const kept = state.partitions?.kept;
  return kept?.columns.includes(test.field.toLowerCase()) === true
    ? [state.contentHash, kept.since]
    : [state.contentHash];
}

function question(test: ManifestTest, content: string | null): string {
  return fingerprint([renderDataTest(test), test.settings, ...(content === null ? [] : [content])]).slice(0, 16);
}
