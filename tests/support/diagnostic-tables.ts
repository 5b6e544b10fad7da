import assert from "node:assert/strict";

import * as z from "zod";

import type { Row } from "../../runner/warehouse/cells.ts";
import {
  moodTimeCorrelations,
  partOfDayDrivers,
  streamRow,
  weekendEffects,
  weekendVsWeekday,
} from "./diagnostic-figures.ts";
import { featureCorrelations, moodShiftPatterns, playRow } from "./diagnostic-pairs.ts";
import { assertRows, type ExpectedRow } from "./expected-rows.ts";

/** What each diagnostic table should hold, worked out without SQL from the rows that the models read. */
export async function recomputeDiagnostics(
  query: (sql: string) => Promise<readonly Row[]>,
): Promise<ReadonlyMap<string, readonly ExpectedRow[]>> {
  const streams = z.array(streamRow).parse(await query("select * from gold.streams"));
  const covered = z.array(z.object({ covered_date: z.date() })).parse(await query("select * from silver.covered_days"));
  const days = covered.map((row) => row.covered_date);
  const [all, sessions, tracks] = [
    await query("select * from silver.plays"),
    await query("select * from silver.play_sessions"),
    await query("select * from silver.listening_with_features"),
  ].map((rows) => new Map(rows.map((row) => [row["play_id"], row])));
  const noTrack = { song_id: null, hour_of_day: null, feature_source: null, valence: null, energy: null };
  const plays = [...(all ?? [])].map(([id, play]) => ({
    ...noTrack,
    ...tracks?.get(id),
    ...sessions?.get(id),
    started_at: play["started_at"],
    media_type: play["media_type"],
    is_private: play["is_private"],
  }));
  return new Map([
    ["mood_time_correlations", moodTimeCorrelations(streams)],
    ["weekend_effects", weekendEffects(streams)],
    ["weekend_vs_weekday", weekendVsWeekday(streams, days)],
    ["part_of_day_drivers", partOfDayDrivers(streams, days)],
    ["feature_correlations", featureCorrelations(streams)],
    ["mood_shift_patterns", moodShiftPatterns(z.array(playRow).parse(plays))],
  ]);
}

/** Asserts that every cell of a diagnostic table is what was worked out without SQL, rounding apart. */
export async function assertDiagnostic(
  table: string,
  expected: ReadonlyMap<string, readonly ExpectedRow[]>,
  query: (sql: string) => Promise<readonly Row[]>,
): Promise<void> {
  const rows = expected.get(table);
  assert.ok(rows !== undefined, `${table} is not among ${[...expected.keys()].join(", ")}`);
  assertRows(await query(`select * from gold.${table}`), rows, table);
}
