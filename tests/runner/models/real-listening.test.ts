import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { type Cell, cellText, type Row } from "../../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import {
  expectedCalendar,
  expectedDiscovery,
  expectedLoyalty,
  expectedStreaks,
} from "../../support/listening/expected-days.ts";
import { expectedPlatformMix, expectedSessions, expectedSkips } from "../../support/listening/expected-plays.ts";
import { expectedTop, expectedTopByYear } from "../../support/listening/expected-rankings.ts";
import { expectedYears } from "../../support/listening/expected-years.ts";
import type { ExpectedRow } from "../../support/listening/figures.ts";
import { type ListeningRows, readListeningRows } from "../../support/listening/listening-rows.ts";
import { projectRoot, runTonearm } from "../../support/run-tonearm.ts";

const exportPath = fileURLToPath(new URL("../shared/data/my_spotify_data.zip", projectRoot));
const skip = existsSync(exportPath) ? false : `there is no real export to run: ${exportPath} is missing`;
const timeZone = "Europe/Berlin";

interface Table {
  /** What sets a row apart; where none is given, rows must stand in the order expected. */
  readonly key?: readonly string[];
  readonly expected: (rows: ListeningRows) => readonly ExpectedRow[];
}

const tables: Readonly<Record<string, Table>> = {
  top_artists: { expected: (rows) => expectedTop(rows, "artist") },
  top_songs: { expected: (rows) => expectedTop(rows, "song") },
  top_albums: { expected: (rows) => expectedTop(rows, "album") },
  top_artists_by_year: { expected: (rows) => expectedTopByYear(rows, "artist") },
  top_songs_by_year: { expected: (rows) => expectedTopByYear(rows, "song") },
  top_albums_by_year: { expected: (rows) => expectedTopByYear(rows, "album") },
  listening_calendar: { expected: expectedCalendar },
  streaks: { expected: expectedStreaks },
  discovery: { expected: expectedDiscovery },
  artist_loyalty: { key: ["artist_key"], expected: expectedLoyalty },
  platform_mix: { key: ["listening_year", "platform_family"], expected: expectedPlatformMix },
  skip_behaviour: { key: ["breakdown", "value"], expected: expectedSkips },
  session_summary: { key: ["listening_year"], expected: expectedSessions },
  yearly_review: { expected: expectedYears },
};

describe("the listening tables of a real export, worked out again without SQL", { skip }, () => {
  let folder = "";
  let rows: ListeningRows;
  const warehouse = () => join(folder, "warehouse.duckdb");

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tonearm-real-listening-"));
    for (const args of [
      ["ingest", exportPath],
      ["build", "--select", "+tag:listening"],
    ]) {
      const outcome = await runTonearm(args, { DATA_DIR: folder, TONEARM_TIMEZONE: timeZone });
      assert.equal(outcome.exitCode, 0, `${args[0]} failed:\n${outcome.stdout}\n${outcome.stderr}`);
    }
    rows = await readListeningRows(warehouse(), timeZone);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, table] of Object.entries(tables)) {
    test(name, async () => {
      const found = await withDuckDB({ path: warehouse(), readOnly: true }, async (database) =>
        (await database.connect()).query(`select * from gold.${name}`),
      );
      assertSameRows(found, table.expected(rows), table.key);
    });
  }
});

/** Every cell of every row; both sides round the same sums, so that fractions agree to the last digit. */
function assertSameRows(found: readonly Row[], expected: readonly ExpectedRow[], key?: readonly string[]): void {
  assert.ok(expected.length > 0);
  assert.equal(found.length, expected.length, "rows");
  const keyOf = (row: ExpectedRow) => JSON.stringify(key?.map((column) => row[column] ?? null));
  const byKey = new Map(expected.map((row) => [keyOf(row), row]));
  const columns = Object.keys(expected[0] ?? {}).toSorted();
  for (const [index, row] of found.entries()) {
    const other = key === undefined ? expected[index] : byKey.get(keyOf(row));
    assert.deepEqual(Object.keys(row).toSorted(), columns);
    const differences = columns.filter((column) => !isSame(row[column] ?? null, other?.[column] ?? null));
    if (differences.length > 0) {
      assert.fail(`row ${index + 1} differs in ${differences.join(", ")}:\n${text(row)}\n${text(other ?? {})}`);
    }
  }
}

function isSame(found: Cell, expected: Cell): boolean {
  if (found instanceof Date) {
    return typeof expected === "number"
      ? found.getTime() === expected
      : found.toISOString() === `${cellText(expected)}T00:00:00.000Z`;
  }
  if (typeof found !== "number" || typeof expected !== "number") return found === expected;
  return Math.abs(found - expected) <= 1e-9;
}

function text(row: ExpectedRow): string {
  return JSON.stringify(row);
}
