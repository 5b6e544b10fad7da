import type { ManifestTest } from "./manifest.ts";

/** The columns of its own relation that a data test names; none where its SQL says more. */
export function testedColumns({ test }: Pick<ManifestTest, "test">): readonly string[] {
  return "column" in test ? [test.column ?? []].flat() : "columns" in test ? test.columns : [];
}

/** Whether it is a test of this column alone. */
export function isTestOf(test: Pick<ManifestTest, "test">, column: string): boolean {
  const [only, ...others] = testedColumns(test);
  return others.length === 0 && only?.toLowerCase() === column.toLowerCase();
}
