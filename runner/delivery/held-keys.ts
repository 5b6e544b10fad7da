import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { quote, quoteRelation, type TableKey } from "./export-relation.ts";
import type { DescribedRelation } from "./release-columns.ts";

const checkedRow = z.strictObject({ place: z.number(), is_twice: z.boolean(), is_missing: z.boolean() });

interface Check {
  readonly relation: string;
  readonly key: TableKey;
}

/**
 * The keys of each relation as its rows keep them: they may have nulls, and a test may be younger than the release. All of them are asked about
 * in one statement, but for those that `hasKey` says are kept.
 */
export async function heldKeys(
  connection: Connection,
  relations: readonly DescribedRelation[],
  {
    keysOf,
    hasKey,
  }: {
    readonly keysOf: (relation: string) => readonly TableKey[];
    readonly hasKey: (relation: string, key: TableKey) => boolean;
  },
): Promise<ReadonlyMap<string, readonly TableKey[]>> {
  const checks = relations.flatMap(({ relation, columns }) => {
    const names = new Set(columns.map(({ name }) => name));
    const keys = keysOf(relation).filter((key) => key.columns.every((name) => names.has(name)));
    return keys.map((key): Check => ({ relation, key }));
  });
  const asked = checks.flatMap((check, place) =>
    check.key.kind === "index" || hasKey(check.relation, check.key) ? [] : [renderCheck(check, place)],
  );
  const rows = asked.length === 0 ? [] : await connection.query(asked.join("\nunion all\n"));
  const found = new Map(
    z
      .array(checkedRow)
      .parse(rows)
      .map((row) => [row.place, row]),
  );
  const held = new Map<string, TableKey[]>(relations.map(({ relation }) => [relation, []]));
  for (const [place, { relation, key }] of checks.entries()) {
    held.get(relation)?.push({ ...key, kind: heldKind(key, found.get(place)) });
  }
  return held;
}

function renderCheck({ relation, key }: Check, place: number): string {
  const from = quoteRelation(relation);
  const names = key.columns.map(quote).join(", ");
  const isMissing = key.columns.map((name) => `${quote(name)} is null`).join(" or ");
  return `select
    ${place} as place,
    exists (select 1 from ${from} where not (${isMissing}) group by ${names} having count(*) > 1) as is_twice,
    exists (select 1 from ${from} where ${isMissing}) as is_missing`;
}

function heldKind({ kind }: TableKey, found: z.infer<typeof checkedRow> | undefined): TableKey["kind"] {
  if (found === undefined) return kind;
  if (found.is_twice) return "index";
  return kind === "primary" && found.is_missing ? "unique" : kind;
}
