import { mkdir } from "node:fs/promises";

import type { DataTest } from "../../runner/project/project.ts";
import type { ManifestTest } from "../../runner/compile/manifest.ts";
import { testSettings } from "./test-settings.ts";
import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { prepareBuild } from "./prepare-build.ts";
import { type Publication, publishBuild } from "../../runner/warehouse/publish-build.ts";
import { shortState } from "./make-release.ts";

/** Publishes a release whose build ran the given statements over what the last release held. */
export async function publishGold(
  dataDir: string,
  runId: string,
  ...statements: readonly string[]
): Promise<Publication> {
  await mkdir(dataDir, { recursive: true });
  const { path } = await prepareBuild(dataDir);
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`attach '${path}' as warehouse (recovery_mode no_wal_writes)`);
    await connection.run("use warehouse");
    await connection.run("create schema if not exists gold");
    await connection.run("create schema if not exists meta");
    for (const statement of statements) await connection.run(statement);
    await connection.run("checkpoint warehouse");
    await connection.run("use memory");
    await connection.run("detach warehouse");
  });
  return publishBuild(dataDir, { ...shortState, runId }, { keepReleases: 3 });
}

/** A data test as the manifest has it. */
export function manifestTest(relation: string, test: DataTest, severity: "error" | "warn" = "error"): ManifestTest {
  return {
    uniqueId: `test.small.${test.kind}`,
    name: test.kind,
    test,
    relation,
    toRelation: null,
    settings: testSettings({ severity }),
    description: "",
    path: "models/gold/x.sql",
    place: { line: 1, column: 1 },
    attachedNode: null,
    dependsOn: [],
    reads: [],
    gate: "",
  };
}
