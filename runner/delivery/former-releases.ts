import * as z from "zod";

import { renderLiteral } from "../compile/helpers.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { readReleaseState } from "../warehouse/release-state.ts";
import { listReleases, type Release } from "../warehouse/releases.ts";

/** A release that is still kept and stands attached beside the one that is exported. */
export interface FormerRelease {
  /** Its name in DuckDB. */
  readonly database: string;
  /** Relation → its content hash, as that build wrote it down. */
  readonly contentHashes: ReadonlyMap<string, string>;
}

const hashRow = z.strictObject({ relation: z.string(), content_hash: z.string() });

/** Attaches the kept releases that these runs made, by the id of the run; what cannot be read is left out. */
export async function attachFormerReleases(
  dataDir: string,
  runIds: ReadonlySet<string>,
  source: Connection,
): Promise<ReadonlyMap<string, FormerRelease>> {
  const found = new Map<string, FormerRelease>();
  for (const release of runIds.size === 0 ? [] : await listReleases(dataDir)) {
    if (found.size === runIds.size) break;
    // A build at work may be dropping it, and nothing depends on it.
    const runId = await runIdOf(release).catch(() => null);
    if (runId === null || !runIds.has(runId) || found.has(runId)) continue;
    const former = await attach(release, source).catch(() => null);
    if (former !== null) found.set(runId, former);
  }
  return found;
}

async function runIdOf({ statePath, number }: Release): Promise<string> {
  return (await readReleaseState(statePath, number)).runId;
}

async function attach({ number, path }: Release, source: Connection): Promise<FormerRelease> {
  const database = `former_${number}`;
  await source.run(`attach ${renderLiteral(path)} as ${database} (read_only)`);
  const rows = await source.query(
    `select relation, content_hash from ${database}.meta.relations where row_count is not null`,
  );
  const hashes = z.array(hashRow).parse(rows);
  return { database, contentHashes: new Map(hashes.map((row) => [row.relation, row.content_hash])) };
}
