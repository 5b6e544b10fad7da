import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { exportToPostgres, type PostgresExportOptions } from "../../../runner/delivery/postgres.ts";
import type { ManifestTest } from "../../../runner/compile/manifest.ts";
import { manifestTest, publishGold } from "../../support/gold-release.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

function exportOf(
  dataDir: string,
  url: string,
  options: Partial<PostgresExportOptions> = {},
  tests: readonly ManifestTest[] = [],
) {
  const settings = { url, dataDir, isDemo: false, force: false, cascade: false, waitSeconds: 0, stallSeconds: 60 };
  return exportToPostgres(
    { ...settings, ...options },
    { now: () => new Date("2026-11-22T10:11:12Z"), manifest: () => Promise.resolve({ tests }), onWait: () => {} },
  );
}

test("a first export sends every relation and notes what it sent; the second does nothing", async () => {
  await inScratchFolder(async (dataDir) => {
    const url = await server.database();
    await publishGold(
      dataDir,
      "run-1",
      "create table gold.songs as select 1 as song_id, 'Ä ''quoted'' \"title\"' as title",
      "create table meta.runs as select 'run-1' as run_id",
    );
    const first = await exportOf(dataDir, url);
    assert.deepEqual(first.sent, [
      { table: "gold.songs", rows: 1 },
      { table: "meta.runs", rows: 1 },
    ]);
    assert.deepEqual(await query(url, "select * from gold.songs"), [{ song_id: 1, title: "Ä 'quoted' \"title\"" }]);
    const second = await exportOf(dataDir, url);
    assert.deepEqual({ sent: second.sent, unchanged: second.unchanged }, { sent: [], unchanged: 2 });
  });
});
