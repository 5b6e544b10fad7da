import type { Connection } from "../warehouse/duckdb.ts";

/** Opens a release read-only under the name `warehouse`, in which the connection stands. */
export async function withRelease<T>(path: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`attach '${path.replaceAll("'", "''")}' as warehouse (read_only)`);
    await connection.run("use warehouse");
    return use(connection);
  });
}
