import { createHash } from "node:crypto";

import * as z from "zod";

import { allEnded } from "../all-ended.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { type ExportRelation, quote, quoteRelation, type TableKey } from "./export-relation.ts";
import { heldKeys } from "./held-keys.ts";
import type { KeyTest } from "./key-tests.ts";
import { type DescribedRelation, publishedSchemas, readReleaseColumns } from "./release-columns.ts";
import { relationKeys } from "./relation-keys.ts";

const knownRow = z.strictObject({ relation: z.string(), row_count: z.number(), content_hash: z.string() });
const hashRow = z.strictObject({
  place: z.number(),
  rows: z.number(),
  total: z.string().nullable(),
  mixed: z.string().nullable(),
});

type Contents = ReadonlyMap<string, Pick<ExportRelation, "rows" | "contentHash">>;

export interface ReleaseReading {
  /** Asked for while DuckDB is at work. */
  readonly keyTests?: () => Promise<readonly KeyTest[]>;
  /** Whether the target has a key of a relation already, so that nobody need look whether the rows keep it. */
  readonly hasKey?: (relation: string, key: TableKey) => boolean;
  readonly schemas?: readonly string[];
}

/** The relations of these schemas as an open release has them, by name. */
export async function readReleaseRelations(
  connection: Connection,
  { keyTests = () => Promise.resolve([]), hasKey = () => false, schemas = publishedSchemas }: ReleaseReading = {},
): Promise<readonly ExportRelation[]> {
  const [described, tests] = await allEnded([readReleaseColumns(connection, schemas), keyTests()]);
  const known = await readKnown(connection, described);
  const keys = await heldKeys(connection, described, {
    keysOf: (relation) => relationKeys(tests, relation),
    hasKey,
  });
  const unknown = described.filter(({ relation }) => !known.has(relation));
  const contents = new Map([...known, ...(await hashRows(connection, unknown))]);
  return described.flatMap((relation) => {
    const content = contents.get(relation.relation);
    return content === undefined ? [] : [{ ...relation, ...content, keys: keys.get(relation.relation) ?? [] }];
  });
}

/** Rows and content hashes that the build wrote down; of meta itself it wrote none. */
async function readKnown(connection: Connection, relations: readonly DescribedRelation[]): Promise<Contents> {
  if (!relations.some(({ relation }) => relation === "meta.relations")) return new Map();
  const rows = await connection.query(
    "select relation, row_count, content_hash from meta.relations where row_count is not null",
  );
  const known = z.array(knownRow).parse(rows);
  return new Map(known.map((row) => [row.relation, { rows: row.row_count, contentHash: row.content_hash }]));
}

/** Rows and content hashes of relations, all of them asked for in one statement. */
async function hashRows(connection: Connection, relations: readonly DescribedRelation[]): Promise<Contents> {
  if (relations.length === 0) return new Map();
  const asked = relations.map(
    ({ relation, columns }, place) =>
      `select ${place} as place, count(*) as rows, cast(sum(row_hash) as varchar) as total, cast(bit_xor(row_hash) as varchar) as mixed
      from (select hash(${columns.map(({ name }) => quote(name)).join(", ")}) as row_hash from ${quoteRelation(relation)})`,
  );
  const rows = z.array(hashRow).parse(await connection.query(asked.join("\nunion all\n")));
  const found = rows.map(({ place, ...hashes }) => {
    const { relation = "", columns = [] } = relations[place] ?? {};
    const shape = columns.map(({ name, type }) => [name, type]);
    const contentHash = createHash("sha256")
      .update(JSON.stringify([shape, hashes]))
      .digest("hex");
    return [relation, { rows: hashes.rows, contentHash }] as const;
  });
  return new Map(found);
}
