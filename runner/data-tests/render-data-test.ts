import { renderLiteral } from "../compile/helpers.ts";
import type { ManifestTest } from "../compile/manifest.ts";
import type { DataTest, DataTestKind } from "../project/project.ts";

type Of<Kind extends DataTestKind> = Extract<DataTest, { readonly kind: Kind }>;

/** A query of failing rows; `codeOffset` is where the test's own SQL begins in it. */
interface Failures {
  readonly sql: string;
  readonly codeOffset: number;
}

interface Relations {
  readonly relation: string;
  readonly to: string;
}

/** One query a test: it returns the rows that are wrong. Nulls pass unique, accepted_values, relationships and range. */
const queries: { readonly [Kind in DataTestKind]: (test: Of<Kind>, relations: Relations) => string } = {
  unique: ({ columns }, { relation }) => {
    const keys = columns.map(quote);
    const present = keys.map((key) => `${key} is not null`).join(" and ");
    return `select ${keys.join(", ")}, count(*) as row_count from ${relation} where ${present} group by ${keys.join(", ")} having count(*) > 1`;
  },
  not_null: ({ column }, { relation }) => `select * from ${relation} where ${quote(column)} is null`,
  accepted_values: ({ column, values }, { relation }) =>
    `select ${quote(column)}, count(*) as row_count from ${relation} where ${quote(column)} not in (${renderLiteral(values)}) group by ${quote(column)}`,
  relationships: ({ column, field }, { relation, to }) =>
    `select ${quote(column)} from ${relation} where ${quote(column)} is not null and ${quote(column)} not in (select ${quote(field)} from ${to} where ${quote(field)} is not null)`,
  range: ({ column, min, max }, { relation }) => {
    const bounds = [
      min === null ? [] : `${quote(column)} < ${min}`,
      max === null ? [] : `${quote(column)} > ${max}`,
    ].flat();
    return `select * from ${relation} where ${bounds.length === 0 ? "false" : bounds.join(" or ")}`;
  },
  row_count: ({ min, max }, { relation }) => {
    const bounds = [min === null ? [] : `count(*) < ${min}`, max === null ? [] : `count(*) > ${max}`].flat();
    return `select count(*) as row_count from ${relation} having ${bounds.length === 0 ? "false" : bounds.join(" or ")}`;
  },
  expression: ({ expression }, { relation }) => `select * from ${relation} where not (${expression})`,
};

/** The SQL of a data test; the rows that it returns are its failures. */
export function renderDataTest({ test, relation, toRelation }: ManifestTest): string {
  if ("compiledCode" in test) return test.compiledCode;
  return renderQuery(test, { relation: relation ?? "", to: toRelation ?? "" });
}

/** The rows that are counted: as many failures as the test's limit lets through. */
export function renderFailures(test: ManifestTest): Failures {
  const { limit } = test.settings;
  const head = limit === null ? "" : "select * from (\n";
  const tail = limit === null ? "" : `\n) as failing_rows limit ${limit}`;
  return { sql: `${head}${renderDataTest(test)}${tail}`, codeOffset: head.length };
}

function renderQuery<Kind extends DataTestKind>(test: Of<Kind>, relations: Relations): string {
  const query: (test: Of<Kind>, relations: Relations) => string = queries[test.kind];
  return query(test, relations);
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
