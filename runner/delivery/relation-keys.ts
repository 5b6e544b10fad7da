import type { TableKey } from "./export-relation.ts";
import type { KeyTest } from "./key-tests.ts";

/**
 * The keys that a relation's tests vouch for: each `unique` test one, the columns of `relationships` tests an index.
 * Primary is the first whose columns are tested to be there, or else the first; whether the rows have nulls is not known here.
 */
export function relationKeys(keyTests: readonly KeyTest[], relation: string): readonly TableKey[] {
  const tests = keyTests.filter((test) => test.relation === relation);
  const notNull = new Set(tests.flatMap(({ test }) => (test.kind === "not_null" ? [test.column] : [])));
  const unique = tests.flatMap(uniqueColumns);
  const primary = unique.find((columns) => columns.every((column) => notNull.has(column))) ?? unique[0];
  const lookups = tests.flatMap(({ test }) => (test.kind === "relationships" ? [[test.column]] : []));
  const keys = [
    ...unique.map((columns): TableKey => ({ kind: columns === primary ? "primary" : "unique", columns })),
    ...lookups.map((columns): TableKey => ({ kind: "index", columns })),
  ];
  const isFirst = ({ columns }: TableKey, index: number): boolean =>
    keys.findIndex((other) => other.columns.join("\0") === columns.join("\0")) === index;
  return keys.filter(isFirst);
}

function uniqueColumns({ test }: KeyTest): readonly (readonly string[])[] {
  return test.kind === "unique" ? [test.columns] : [];
}
