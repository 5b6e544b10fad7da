import { createHash } from "node:crypto";

import * as z from "zod";

import { parseSqlReads, type SqlParser, type SqlReads } from "../compile/sql-reads.ts";
import { cellText } from "./cells.ts";
import { recallJsonFile } from "./json-file.ts";
import { writeWhole } from "./write-whole.ts";

const names = z.array(z.strictObject({ name: z.string(), offset: z.number().nullable() }));
const readsSchema = z.union([
  z.strictObject({
    ok: z.literal(true),
    statements: z.number(),
    tables: names,
    impure: names,
    filtered: z.array(z.strictObject({ name: z.string(), column: z.string() })),
  }),
  z.strictObject({ ok: z.literal(false), message: z.string(), offset: z.number().nullable() }),
]);
const cacheSchema = z.record(z.string(), readsSchema);

/** DuckDB as a parser; what it has read stands in `cachePath`, so that an unchanged project does not load DuckDB. */
export function createSqlParser(cachePath: string, engine: string): SqlParser {
  return {
    async read(sqls) {
      const cache = (await recallJsonFile(cachePath, cacheSchema)) ?? {};
      const keys = sqls.map((sql) => createHash("sha256").update(`${engine}\n${sql}`).digest("hex"));
      const missing = new Map(keys.flatMap((key, at) => (cache[key] === undefined ? [[key, sqls[at] ?? ""]] : [])));
      const fresh = missing.size === 0 ? new Map<string, SqlReads>() : await parse(missing);
      const found = keys.map((key) => [key, fresh.get(key) ?? cache[key]] as const);
      if (fresh.size > 0) await writeWhole(cachePath, JSON.stringify(Object.fromEntries(found)));
      return found.map(([, reads]) => reads ?? { ok: false, message: "was not parsed", offset: null });
    },
  };
}

async function parse(sqls: ReadonlyMap<string, string>): Promise<Map<string, SqlReads>> {
  const { withDuckDB } = await import("./duckdb.ts");
  return withDuckDB({ threads: 1 }, async (database) => {
    const connection = await database.connect();
    const values = [...sqls].map(([key, sql]) => `('${key}', '${sql.replaceAll("'", "''")}')`).join(",\n");
    const rows = await connection.query(
      `select id, cast(json_serialize_sql(sql) as varchar) as tree from (values ${values}) as input (id, sql)`,
    );
    return new Map(
      rows.map(({ id, tree }) => [cellText(id), parseSqlReads(sqls.get(cellText(id)) ?? "", cellText(tree))]),
    );
  });
}
