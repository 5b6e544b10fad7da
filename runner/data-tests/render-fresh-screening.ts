import { renderIdentifier } from "../compile/helpers.ts";
import type { ManifestTest } from "../compile/manifest.ts";
import type { DataTest } from "../project/project.ts";
import { judgeFailures } from "./judge-failures.ts";
import { renderScreening, type Screening } from "./render-screening.ts";

/** Some rows of a relation; no other row of it fails a test. */
interface SomeRows {
  readonly relation: string;
  /** Which they are, as SQL. */
  readonly where: string;
}

type UniqueTest = Extract<DataTest, { readonly kind: "unique" }>;

/** Tests that look at a row alone. */
const ofOneRow: ReadonlySet<string> = new Set(["not_null", "accepted_values", "range"]);

/**
 * Scans that tell by some rows alone what tests say of the whole relation, where all others are known to pass them: those rows, and of a
 * unique key the rows that share it with one of them.
 */
export function renderFreshScreenings(tests: readonly ManifestTest[], rows: SomeRows): readonly Screening[] {
  const own = tests.filter(
    ({ relation, settings }) => relation === rows.relation && judgeFailures(settings, 0) === "pass",
  );
  const alone = own.filter(({ test }) => ofOneRow.has(test.kind));
  const keys = own.flatMap((test) => (test.test.kind === "unique" ? [{ test, sql: sharedKeys(test.test, rows) }] : []));
  return [
    ...(alone.length === 0 ? [] : [renderScreening(alone, `${rows.relation} where ${rows.where}`)]),
    ...keys.map(({ test, sql }) => ({ tests: [test], sql: `select [exists (${sql})] as suspects` })),
  ];
}

function sharedKeys({ columns }: UniqueTest, { relation, where }: SomeRows): string {
  const keys = columns.map(renderIdentifier).join(", ");
  const some = `(select ${keys} from ${relation} where ${where}) as some_rows`;
  return `select ${keys} from ${relation} semi join ${some} using (${keys}) group by ${keys} having count(*) > 1`;
}
