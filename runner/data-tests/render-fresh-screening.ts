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
type RelationshipsTest = Extract<DataTest, { readonly kind: "relationships" }>;

/** Tests that look at a row alone. */
const ofOneRow: ReadonlySet<string> = new Set(["not_null", "accepted_values", "range"]);

/**
 * Scans that tell by some rows alone what tests say of the whole relation, where all others are known to pass them: those rows, of a
 * unique key the rows that share it with one of them, and of relationships what these point to.
 */
export function renderFreshScreenings(tests: readonly ManifestTest[], rows: SomeRows): readonly Screening[] {
  const own = tests.filter(
    ({ relation, settings }) => relation === rows.relation && judgeFailures(settings, 0) === "pass",
  );
  const alone = own.filter(({ test }) => ofOneRow.has(test.kind));
  const others = own.flatMap((test) => {
    const sql = badRows(test, rows);
    return sql === null ? [] : [{ tests: [test], sql: `select [exists (${sql})] as suspects` }];
  });
  return [...(alone.length === 0 ? [] : [renderScreening(alone, `${rows.relation} where ${rows.where}`)]), ...others];
}

function badRows({ test, toRelation }: ManifestTest, rows: SomeRows): string | null {
  if (test.kind === "unique") return sharedKeys(test, rows);
  if (test.kind === "relationships") return missingValues(test, rows, toRelation ?? "");
  return null;
}

function missingValues({ column, field }: RelationshipsTest, { relation, where }: SomeRows, to: string): string {
  const [value, other] = [column, field].map(renderIdentifier);
  const some = `select ${value} as looked_up from ${relation} where ${where} and ${value} is not null`;
  const found = `from (select ${other} as looked_up from ${to}) as others semi join (${some}) as some_rows using (looked_up)`;
  return `${some} except select looked_up ${found}`;
}

function sharedKeys({ columns }: UniqueTest, { relation, where }: SomeRows): string {
  const keys = columns.map(renderIdentifier).join(", ");
  const some = `(select ${keys} from ${relation} where ${where}) as some_rows`;
  return `select ${keys} from ${relation} semi join ${some} using (${keys}) group by ${keys} having count(*) > 1`;
}
