import type { ManifestNode, ManifestTest } from "../compile/manifest.ts";
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

/** The rows of the partitions that were built anew; null where all were, or where it is not known what the others held. */
export function freshRows(node: ManifestNode, rows: BuiltRows | null, before: NodeState | null): FreshRows | null {
  const clean = before?.partitions?.clean;
  if (rows === null || rows.replaced === null || clean === undefined) return null;
  const { where } = rows.replaced;
  return { relation: node.relation, where, isClean: (test) => clean[test.uniqueId] === question(test) };
}

/** What is known of a partitioned model once its tests have run: those that no row failed. */
export function withCleanTests(
  partitions: PartitionState | undefined,
  { tests, results }: { readonly tests: readonly ManifestTest[]; readonly results: readonly TestResult[] },
): PartitionState | undefined {
  if (partitions === undefined) return undefined;
  const passed = new Set(results.filter(({ failures }) => failures === 0).map(({ uniqueId }) => uniqueId));
  const clean = tests.flatMap((test) => (passed.has(test.uniqueId) ? [[test.uniqueId, question(test)] as const] : []));
  return { ...partitions, clean: Object.fromEntries(clean) };
}

function question(test: ManifestTest): string {
  return fingerprint([renderDataTest(test), test.settings]).slice(0, 16);
}
