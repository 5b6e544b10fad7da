import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { parseCsvRows } from "../../support/csv.ts";
import { type FeaturedSong, featuredSongs, rankSongs, songFeatures, streamRow } from "../../support/featured-songs.ts";
import type { StreamRow } from "../../support/featured-songs.ts";
import { groupBy } from "../../support/raw-export.ts";
import { projectRoot, runTonearm } from "../../support/run-tonearm.ts";

const exportPath = fileURLToPath(new URL("../shared/data/my_spotify_data.zip", projectRoot));
const cataloguePath = fileURLToPath(new URL("../shared/data/kaggle_tracks.csv.gz", projectRoot));
const absent = [exportPath, cataloguePath].find((path) => !existsSync(path));
const skip = absent === undefined ? false : `there is no real export to run: ${absent} is missing`;

const playRow = z.object({ song_id: z.string().nullable(), is_skipped: z.boolean().nullable() });
type SeedRow = Readonly<Record<string, string>>;
type Figures = Readonly<Record<string, unknown>>;

/** Half of the third decimal, to which the tables are rounded; counts then have to be equal. */
const rounding = 0.000501;

describe("the prescriptive tables of a real export", { skip }, () => {
  let folder = "";
  let streams: readonly StreamRow[];
  let songs: readonly FeaturedSong[];

  async function read<T>(relation: string, row: z.ZodType<T>): Promise<readonly T[]> {
    return withDuckDB({ path: join(folder, "warehouse.duckdb"), readOnly: true }, async (database) => {
      const connection = await database.connect();
      return z.array(row).parse(await connection.query(`select * from ${relation}`));
    });
  }

  async function assertTable(name: string, expected: readonly Figures[]): Promise<void> {
    assertRows(await read(`gold.${name}`, z.record(z.string(), z.unknown())), expected, name);
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tonearm-prescriptive-"));
    const environment = { DATA_DIR: folder, TONEARM_TIMEZONE: "Europe/Berlin" };
    for (const args of [
      ["ingest", exportPath, cataloguePath],
      ["build", "--select", "+tag:prescriptive"],
    ]) {
      const { exitCode, stdout, stderr } = await runTonearm(args, environment);
      assert.equal(exitCode, 0, `${args[0]} failed:\n${stdout}\n${stderr}`);
    }
    streams = await read("gold.streams", streamRow);
    songs = featuredSongs(streams);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  test("mood_improvement_recommendations are the 20 brightest songs", async () => {
    const reasons = (await seedRows("recommendation_reasons")).toSorted(
      (left, right) => Number(left["reason_rank"]) - Number(right["reason_rank"]),
    );
    const plays = groupBy(await read("silver.listening_with_features", playRow), (play) => play.song_id);
    const bright = songs.filter((song) => song.plays >= 2 && (song.named.valence ?? 0) >= 0.7);
    const best = rankSongs(bright, (song) => song.named.valence ?? 0).slice(0, 20);
    assert.equal(best.length, 20);
    await assertTable(
      "mood_improvement_recommendations",
      best.map(({ songId, named, plays: play_count, lastStartedAt }, index) => {
        const reason = reasons.find((row) => keepsBounds(named, row, ["energy", "danceability"]));
        const known = (plays.get(songId) ?? []).filter((play) => play.is_skipped !== null);
        const skipped = known.filter((play) => play.is_skipped);
        return {
          track_name: named.track_name,
          artist_name: named.artist_name,
          track_id: named.track_id,
          avg_valence: named.valence,
          avg_energy: named.energy,
          avg_danceability: named.danceability,
          recommendation_reason: reason?.["recommendation_reason"],
          target_scenario: reason?.["target_scenario"],
          play_count,
          last_played_at: lastStartedAt,
          skip_rate: known.length === 0 ? null : skipped.length / known.length,
          position: index + 1,
        };
      }),
    );
  });

  test("personalized_playlist_suggestions keep the rules of their seed", async () => {
    const rules = new Map((await seedRows("playlist_rules")).map((rule) => [rule["playlist_name"] ?? "", rule]));
    const expected = [...rules.keys()].toSorted().flatMap((playlist_name) => {
      const rule = rules.get(playlist_name) ?? {};
      const order = z.enum(songFeatures).parse(rule["order_feature"]);
      const sign = rule["order_direction"] === "ascending" ? -1 : 1;
      const fitting = songs.filter(({ named }) => named[order] !== null && keepsBounds(named, rule, songFeatures));
      const best = rankSongs(fitting, ({ named }) => sign * (named[order] ?? 0)).slice(0, 10);
      return best.map(({ named, plays }, index) => ({
        playlist_name,
        playlist_purpose: rule["playlist_purpose"],
        track_name: named.track_name,
        artist_name: named.artist_name,
        track_id: named.track_id,
        play_count: plays,
        position: index + 1,
        score: named[order],
        // No model is trained.
        skip_probability: null,
      }));
    });
    assert.ok(expected.length > 10);
    await assertTable("personalized_playlist_suggestions", expected);
  });

  test("optimal_listening_times have the mood of each hour's means", async () => {
    const texts = new Map((await seedRows("listening_time_texts")).map((row) => [row["mood_category"], row]));
    await assertTable(
      "optimal_listening_times",
      hoursOf(streams).map(({ hour_of_day, all, featured, valence, energy }) => {
        const text = valence === null || energy === null ? undefined : texts.get(moodOf(valence, energy));
        return {
          hour_of_day,
          predicted_valence: valence,
          avg_energy: energy,
          mood_state: text?.["mood_state"] ?? null,
          recommended_activity: text?.["recommended_activity"] ?? null,
          wellbeing_tip: text?.["wellbeing_tip"] ?? null,
          basis: "observed",
          predicted_at: null,
          plays: all.length,
          plays_with_features: featured.length,
        };
      }),
    );
  });

  test("mood_intervention_triggers are the hours whose mean valence lies below 0.4", async () => {
    const texts = await seedRows("intervention_texts");
    const expected = hoursOf(streams).flatMap(({ hour_of_day, all, featured, valence, energy }) => {
      if (valence === null || valence >= 0.4) return [];
      const intervention_needed = valence < 0.3 ? "High Priority" : "Medium Priority";
      const text = texts.find((row) => row["intervention_needed"] === intervention_needed);
      return {
        hour_of_day,
        avg_valence: valence,
        avg_energy: energy,
        intervention_needed,
        suggested_intervention: text?.["suggested_intervention"],
        mood_support_playlist: text?.["mood_support_playlist"],
        low_mood_count: featured.filter((stream) => (stream.valence ?? 1) < 0.3).length,
        total_plays: all.length,
        plays_with_features: featured.length,
        days: new Set(featured.map((stream) => stream.listening_date.getTime())).size,
      };
    });
    assert.ok(expected.length > 0);
    await assertTable("mood_intervention_triggers", expected);
  });
});

async function seedRows(name: string): Promise<readonly SeedRow[]> {
  return parseCsvRows(await readFile(new URL(`seeds/${name}.csv`, projectRoot), "utf8"));
}

/** Whether a song has the least, the greatest and the exclusive greatest value that a row sets for the features. */
function keepsBounds(song: StreamRow, row: SeedRow, features: readonly (typeof songFeatures)[number][]): boolean {
  return features.every((feature) => {
    const [min, max, below] = ["min", "max", "below"].map((bound) => row[`${bound}_${feature}`] ?? "");
    if (min === "" && max === "" && below === "") return true;
    const found = song[feature];
    if (found === null) return false;
    return (
      (min === "" || found >= Number(min)) &&
      (max === "" || found <= Number(max)) &&
      (below === "" || found < Number(below))
    );
  });
}

/** Hours with streams in their order, their means null below 30 streams with features. */
function hoursOf(streams: readonly StreamRow[]) {
  return [...groupBy(streams, (stream) => stream.hour_of_day)]
    .toSorted(([left], [right]) => left - right)
    .map(([hour_of_day, all]) => {
      const featured = all.filter((stream) => stream.has_features);
      const mean = (feature: "valence" | "energy") => {
        const values = featured.flatMap((stream) => stream[feature] ?? []);
        return values.length < 30 ? null : values.reduce((total, each) => total + each, 0) / values.length;
      };
      return { hour_of_day, all, featured, valence: mean("valence"), energy: mean("energy") };
    });
}

function moodOf(valence: number, energy: number): string {
  const isMiddling = (mean: number) => mean >= 0.4 && mean < 0.6;
  if (isMiddling(valence) || isMiddling(energy)) return "Neutral";
  return `${valence >= 0.6 ? "Happy" : "Sad"}_${energy >= 0.6 ? "Energetic" : "Calm"}`;
}

/** Compares all cells of all rows, in their order; numbers within the rounding. */
function assertRows(found: readonly Figures[], expected: readonly Figures[], table: string): void {
  assert.equal(found.length, expected.length, `rows of ${table}`);
  for (const [index, row] of expected.entries()) {
    const columns = Object.keys(row).toSorted();
    assert.deepEqual(Object.keys(found[index] ?? {}).toSorted(), columns, `columns of ${table}`);
    for (const column of columns) {
      const [actual, wanted] = [found[index]?.[column], row[column]];
      const what = `${table}, row ${index + 1}, ${column}`;
      if (typeof actual === "number" && typeof wanted === "number") {
        assert.ok(Math.abs(actual - wanted) <= rounding, `${what}: ${actual} is not ${wanted}`);
      } else assert.deepEqual(actual, wanted, what);
    }
  }
}
