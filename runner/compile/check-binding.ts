import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { ColumnConfig } from "../project/project.ts";
import type { Binding } from "./binder.ts";
import type { TestedNode } from "./compile-tests.ts";
import type { BoundColumn, ManifestTest } from "./manifest.ts";
import { testedColumns } from "./tested-columns.ts";

interface Described {
  readonly tested: readonly TestedNode[];
  readonly tests: readonly ManifestTest[];
  /** Unique ids of nodes and data tests of which something is said already. */
  readonly wrong: ReadonlySet<string>;
}

/** What binding found, each mistake where it is written: described columns that are not there or of another type, SQL, data tests. */
export function checkBinding(binding: Binding, { tested, tests, wrong }: Described): readonly Diagnostic[] {
  const told = new Set(wrong);
  const found: Diagnostic[] = [];
  for (const { node, documented, path } of tested) {
    const columns = documented.columns.flatMap((column) => {
      const problem = checkType(column, binding) ?? checkColumn(column, binding.columns.get(node.uniqueId), binding);
      return problem === null ? [] : [{ column, problem }];
    });
    if (columns.some(({ column }) => binding.types.get(column.dataType ?? "") === null)) told.add(node.uniqueId);
    for (const { column, problem } of columns) {
      found.push({ path, ...column.place, ...problem });
      for (const test of tests)
        if (test.path === path && namesColumn(test, node.uniqueId, column)) told.add(test.uniqueId);
    }
  }
  const mistakes = binding.mistakes.filter(({ uniqueId }) => !told.has(uniqueId));
  return [...found, ...mistakes.map(({ diagnostic }) => diagnostic)];
}

type Problem = Pick<Diagnostic, "message" | "hint">;

function checkType({ name, dataType }: ColumnConfig, { types }: Binding): Problem | null {
  if (dataType === null || types.get(dataType) !== null) return null;
  const hint = "for example VARCHAR, BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP, DECIMAL(18, 3)";
  return { message: `data_type '${dataType}' of column '${name}' is no type of DuckDB`, hint };
}

function checkColumn(
  { name, dataType }: ColumnConfig,
  bound: readonly BoundColumn[] | undefined,
  { types }: Binding,
): Problem | null {
  if (bound === undefined) return null;
  const column = bound.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const names = bound.map((one) => one.name);
  if (column === undefined) {
    const hint = didYouMean(name, names) ?? `it has: ${names.join(", ")}`;
    return { message: `column '${name}' is described, but the model has none`, hint };
  }
  const wanted = dataType === null ? null : (types.get(dataType) ?? null);
  if (wanted === null || wanted === column.type) return null;
  const hint = `write cast(… as ${wanted}) in the model, or data_type: ${column.type} here`;
  return { message: `column '${name}' is ${column.type}, its data_type says ${dataType}`, hint };
}

function namesColumn(test: ManifestTest, of: string, { name }: ColumnConfig): boolean {
  return test.attachedNode === of && testedColumns(test).includes(name);
}
