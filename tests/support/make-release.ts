import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { type PreparedBuild, prepareBuild } from "./prepare-build.ts";
import { type Publication, publishBuild, type PublishOptions } from "../../runner/warehouse/publish-build.ts";

/** A state as short as the schema allows. */
export const shortState = {
  runId: "20261122T101112000Z-0001",
  publishedAt: "2026-11-22T10:11:12.000Z",
  engine: "v1.5.6",
  batches: {},
  nodes: {},
} as const;

/** Builds and publishes a release whose two tables both hold 50,000 times the given number, and one more row a release in `history`. */
export async function makeRelease(
  dataDir: string,
  content: number,
  options: PublishOptions = { keepReleases: 3 },
): Promise<Publication & { readonly prepared: PreparedBuild }> {
  const prepared = await prepareBuild(dataDir);
  await writeBuild(prepared.path, content);
  return { prepared, ...(await publishBuild(dataDir, shortState, options)) };
}

/** Writes the content of a release into `build.duckdb`, the way a build does: without a WAL, checkpointed, detached. */
export async function writeBuild(path: string, content: number): Promise<void> {
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`attach '${path}' as warehouse (recovery_mode no_wal_writes)`);
    await connection.run("use warehouse");
    for (const table of ["first_half", "second_half"]) {
      await connection.run(`create or replace table ${table} as select ${content} as content from range(50000)`);
    }
    await connection.run("create table if not exists history (content integer)");
    await connection.run(`insert into history values (${content})`);
    await connection.run("checkpoint warehouse");
    await connection.run("use memory");
    await connection.run("detach warehouse");
  });
}

/** What a release holds: its content when both tables agree, otherwise an error, and the contents of all releases before it. */
export async function readRelease(path: string): Promise<{ content: number; history: readonly number[] }> {
  return withDuckDB({ path, readOnly: true }, async (database) => {
    const connection = await database.connect();
    const halves = await connection.query(
      "select content, count(*) as rows from (from first_half union all from second_half) group by all",
    );
    const [half] = halves;
    if (halves.length !== 1 || half?.rows !== 100000) throw new Error(`a mixed release: ${JSON.stringify(halves)}`);
    const history = await connection.query("select content from history order by rowid");
    return { content: Number(half.content), history: history.map((row) => Number(row.content)) };
  });
}
