import { type Connection, withDuckDB } from "./duckdb.ts";

export interface BuildDatabaseOptions {
  /** `build.duckdb`; made when missing. */
  readonly path: string;
  readonly tempDirectory: string;
  readonly memoryLimit: string | undefined;
  readonly threads: number | undefined;
  readonly connections: number;
}

/** Of DuckDB's storage format, so far the newest that any client of the long-supported 1.4 reads: texts take less room and less time to compress. */
const storageVersion = "v1.4.0";

/**
 * Opens the build under the name `warehouse`, in which every connection stands, so that views and messages name relations as readers do.
 * Afterwards, when `use` succeeded, the file is checkpointed and detached: ready to be published.
 */
export async function withBuildDatabase<T>(
  options: BuildDatabaseOptions,
  use: (connections: readonly Connection[]) => Promise<T>,
): Promise<T> {
  const { path, connections: count, ...settings } = options;
  return withDuckDB(settings, async (database) => {
    const main = await database.connect();
    await main.run("set errors_as_json = true");
    const attached = `recovery_mode no_wal_writes, storage_version '${storageVersion}'`;
    await main.run(`attach '${path.replaceAll("'", "''")}' as warehouse (${attached})`);
    const connections = await Promise.all(
      Array.from({ length: count }, async () => {
        const connection = await database.connect();
        await connection.run("set errors_as_json = true");
        await connection.run("use warehouse");
        return connection;
      }),
    );
    const result = await use(connections);
    for (const connection of connections) await connection.run("use memory");
    await main.run("checkpoint warehouse");
    await main.run("detach warehouse");
    return result;
  });
}
