import { renderIdentifier, renderLiteral } from "../compile/helpers.ts";
import type { ManifestTest } from "../compile/manifest.ts";
import { judgeFailures } from "./judge-failures.ts";
import type { DataTest, DataTestKind } from "../project/project.ts";

/** Data tests of one relation that one scan of it can tell of. */
export interface Screening {
  readonly tests: readonly ManifestTest[];
  /** One row whose column `suspects` is a list: false for each test that no row fails. */
  readonly sql: string;
}

type Of<Kind extends DataTestKind> = Extract<DataTest, { readonly kind: Kind }>;

/** An aggregate of the relation that is false, or null, when no row fails the test; null for a test that takes more than one scan to tell. */
const aggregates: { readonly [Kind in DataTestKind]: (test: Of<Kind>) => string | null } = {
  unique({ columns: [column = "", ...others] }) {
    const name = renderIdentifier(column);
    return others.length === 0 ? `count(${name}) <> count(distinct ${name})` : null;
  },
  not_null: ({ column }) => `bool_or(${renderIdentifier(column)} is null)`,
  accepted_values: ({ column, values }) => anyRow(`${renderIdentifier(column)} not in (${renderLiteral(values)})`),
  relationships: () => null,
  range: ({ column, min, max }) => anyRow(outside(renderIdentifier(column), min, max)),
  row_count: ({ min, max }) => outside("count(*)", min, max),
  expression: ({ expression }) => anyRow(`not (${expression})`),
};

/** The scans that stand for as many single tests as they can; a relation with one such test gets none. */
export function renderScreenings(tests: readonly ManifestTest[]): readonly Screening[] {
  const told = tests.flatMap((test) => {
    const aggregate = "compiledCode" in test.test ? null : renderAggregate(test.test);
    // Where no failure at all means something, they are counted.
    return judgeFailures(test.settings, 0) !== "pass" || aggregate === null || test.relation === null
      ? []
      : [{ test, relation: test.relation, aggregate }];
  });
  return [...new Set(told.map(({ relation }) => relation))].flatMap((relation) => {
    const group = told.filter((one) => one.relation === relation);
    if (group.length === 1) return [];
    return [
      renderScreening(
        group.map(({ test }) => test),
        relation,
      ),
    ];
  });
}

/** One scan for tests of which each can be told by one. */
export function renderScreening(tests: readonly ManifestTest[], from: string): Screening {
  const suspects = tests.map(({ test }) => ("compiledCode" in test ? null : renderAggregate(test)));
  const list = suspects.map((aggregate) => `coalesce(${aggregate}, false)`).join(",\n    ");
  return { tests, sql: `select [\n    ${list}\n] as suspects\nfrom ${from}` };
}

/** A value that cannot be looked at, as one that cannot be cast, is suspect too: an error would end the transaction for every other test. */
function anyRow(isWrong: string): string {
  return `bool_or(try((${isWrong}) is true) is distinct from false)`;
}

function outside(value: string, min: number | null, max: number | null): string {
  const bounds = [min === null ? [] : `${value} < ${min}`, max === null ? [] : `${value} > ${max}`].flat();
  return bounds.length === 0 ? "false" : bounds.join(" or ");
}

function renderAggregate<Kind extends DataTestKind>(test: Of<Kind>): string | null {
  const render: (test: Of<Kind>) => string | null = aggregates[test.kind];
  return render(test);
}
