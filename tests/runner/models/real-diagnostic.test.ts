import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import type { Row } from "../../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { assertDiagnostic, recomputeDiagnostics } from "../../support/diagnostic-tables.ts";
import type { ExpectedRow } from "../../support/expected-rows.ts";
import { projectRoot, runTonearm } from "../../support/run-tonearm.ts";

const exportPath = fileURLToPath(new URL("../shared/data/my_spotify_data.zip", projectRoot));
const cataloguePath = fileURLToPath(new URL("../shared/data/kaggle_tracks.csv.gz", projectRoot));
const missing = [exportPath, cataloguePath].find((path) => !existsSync(path));
const skip = missing === undefined ? false : `there is no real export to run: ${missing} is missing`;

describe("the diagnostic tables of a real export, worked out without SQL", { skip }, () => {
  let folder = "";
  let expected: ReadonlyMap<string, readonly ExpectedRow[]>;

  async function succeed(...args: readonly string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await runTonearm(args, {
      DATA_DIR: folder,
      TONEARM_TIMEZONE: "Europe/Berlin",
    });
    assert.equal(exitCode, 0, `${args[0]} failed:\n${stdout}\n${stderr}`);
    if (args[0] === "build") assert.match(stdout, /WARN=0 ERROR=0 SKIP=0/, stdout);
  }

  function query(sql: string): Promise<readonly Row[]> {
    return withDuckDB({ path: join(folder, "warehouse.duckdb"), readOnly: true }, async (database) =>
      (await database.connect()).query(sql),
    );
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tonearm-real-diagnostic-"));
    await succeed("ingest", exportPath, cataloguePath);
    await succeed("build", "--select", "+tag:diagnostic");
    expected = await recomputeDiagnostics(query);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const table of [
    "mood_time_correlations",
    "weekend_effects",
    "weekend_vs_weekday",
    "part_of_day_drivers",
    "feature_correlations",
    "mood_shift_patterns",
  ]) {
    test(table, () => assertDiagnostic(table, expected, query));
  }
});
