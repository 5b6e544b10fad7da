import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { quote, quoteRelation } from "../runner/delivery/export-relation.ts";
import { type DescribedRelation, readReleaseColumns } from "../runner/delivery/release-columns.ts";
import { withDuckDB } from "../runner/warehouse/duckdb.ts";
import { publishGold } from "../tests/support/gold-release.ts";
import { unzipHistory } from "./inputs.ts";

const rows = z.array(z.looseObject({ ts: z.string() }));
const dayMilliseconds = 86_400_000;

/** Writes an export's streaming history into a folder as it was so many days before its newest play. */
export async function exportOfBefore(zipPath: string, folder: string, days: number): Promise<void> {
  await unzipHistory(zipPath, folder);
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  const files = await Promise.all(
    paths.map(async (path) => ({ path, plays: rows.parse(JSON.parse(await readFile(path, "utf8"))) })),
  );
  const newest = Math.max(...files.flatMap(({ plays }) => plays.map(({ ts }) => Date.parse(ts))));
  const isBefore = ({ ts }: { readonly ts: string }): boolean => Date.parse(ts) < newest - days * dayMilliseconds;
  for (const { path, plays } of files) await writeFile(path, JSON.stringify(plays.filter(isBefore)));
}

/** What an altered release changes: every number and text of every row, or in one row of ten each floating-point number, which no key is made of. */
export type Alteration = "every row" | "a tenth";

/** Publishes the current release of a data folder once more with every gold table altered. */
export async function publishAltered(dataDir: string, alteration: Alteration): Promise<void> {
  const relations = await withDuckDB({ path: join(dataDir, "warehouse.duckdb"), readOnly: true }, async (database) =>
    readReleaseColumns(await database.connect(), ["gold"]),
  );
  const changes = relations.map(alteration === "every row" ? alterAll : alterTenth);
  const hashes = "update meta.relations set content_hash = content_hash || '~'";
  await publishGold(dataDir, "20991231T235959000Z-0001", ...changes, hashes);
}

function alterAll({ relation, columns }: DescribedRelation): string {
  const altered = columns.flatMap(({ name, type }) => {
    if (type === "VARCHAR") return [`${quote(name)} = ${quote(name)} || '~'`];
    return /^(BIGINT|INTEGER|DOUBLE|DECIMAL.*)$/.test(type) ? [`${quote(name)} = ${quote(name)} + 1`] : [];
  });
  return `update ${quoteRelation(relation)} set ${altered.join(", ")}`;
}

/** Of a table without such numbers, one row of ten goes. */
function alterTenth({ relation, columns }: DescribedRelation): string {
  const altered = columns.flatMap(({ name, type }) =>
    type === "DOUBLE" ? [`${quote(name)} = ${quote(name)} + 1`] : [],
  );
  const table = quoteRelation(relation);
  const change = altered.length === 0 ? `delete from ${table}` : `update ${table} set ${altered.join(", ")}`;
  return `${change} where rowid % 10 = 0`;
}
