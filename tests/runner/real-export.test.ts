import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { type Connection, withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { differencesOf, relationsOf } from "../support/compare-warehouses.ts";
import { parseCsvRows } from "../support/csv.ts";
import {
  type Bounds,
  type CatalogueTrack,
  certainFeatures,
  coverageOf,
  featureNames,
  looseSong,
  readCatalogue,
  sameText,
} from "../support/raw-catalogue.ts";
import { dropCopies, groupBy, type RawPlay, readRawExport, type Reconciled } from "../support/raw-export.ts";
import { boundsBy, localClock, sessionBounds, type TimedPlay, topBy, withStarts } from "../support/raw-figures.ts";
import { projectRoot, runTonearm } from "../support/run-tonearm.ts";

const exportPath = fileURLToPath(new URL("../shared/data/my_spotify_data.zip", projectRoot));
const cataloguePath = fileURLToPath(new URL("../shared/data/kaggle_tracks.csv.gz", projectRoot));
const missing = [exportPath, cataloguePath].find((path) => !existsSync(path));
const skip = missing === undefined ? false : `there is no real export to run: ${missing} is missing`;

const timeZone = "Europe/Berlin";
const clock = localClock(timeZone);
const streamMilliseconds = 30_000;
const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const count = z.number().int();
const playRow = z.object({
  play_id: z.union([z.string(), z.number()]),
  media_type: z.string(),
  track_id: z.string().nullable(),
  artist_name: z.string().nullable(),
  ended_at: z.date(),
  started_at: z.date(),
  ms_played: z.number(),
  is_stream: z.boolean(),
  is_private: z.boolean(),
  is_skipped: z.boolean().nullable(),
});
const featureValue = z.number().nullable();
const featuredRow = z.object({
  play_id: z.union([z.string(), z.number()]),
  track_id: z.string().nullable(),
  started_at: z.date(),
  is_stream: z.boolean(),
  is_private: z.boolean(),
  hour_of_day: count,
  day_of_week: count,
  day_name: z.string(),
  is_weekend: z.boolean(),
  part_of_day: z.string(),
  listening_date: z.date(),
  mood_category: z.string().nullable(),
  feature_source: z.string().nullable(),
  danceability: featureValue,
  energy: featureValue,
  loudness: featureValue,
  speechiness: featureValue,
  acousticness: featureValue,
  instrumentalness: featureValue,
  valence: featureValue,
  tempo: featureValue,
});

interface Facts {
  readonly rows: readonly RawPlay[];
  readonly reconciled: Reconciled;
  readonly kept: readonly TimedPlay[];
  readonly tracks: readonly TimedPlay[];
  /** What gold counts: tracks of 30 s or more, private sessions left out. */
  readonly goldStreams: readonly TimedPlay[];
  readonly catalogue: readonly CatalogueTrack[];
}

describe("a real export", { skip }, () => {
  let folder = "";
  let facts: Facts;
  let plays: readonly z.infer<typeof playRow>[];
  let featured: readonly z.infer<typeof featuredRow>[];
  const environment = (name: string) => ({ DATA_DIR: join(folder, name), TONEARM_TIMEZONE: timeZone });

  async function succeed(name: string, ...args: readonly string[]): Promise<string> {
    const outcome = await runTonearm(args, environment(name));
    assert.equal(outcome.exitCode, 0, `${args[0]} failed:\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome.stdout;
  }

  async function read<T>(sql: string, row: z.ZodType<T>): Promise<readonly T[]> {
    return withWarehouse(async (connection) => z.array(row).parse(await connection.query(sql)));
  }

  function withWarehouse<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const path = join(folder, "first", "warehouse.duckdb");
    return withDuckDB({ path, readOnly: true }, async (database) => use(await database.connect()));
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tonearm-real-export-"));
    await succeed("first", "ingest", exportPath, cataloguePath);
    await succeed("first", "build");
    facts = await readFacts();
    plays = await read(`select ${Object.keys(playRow.shape).join(", ")} from silver.plays`, playRow);
    const columns = Object.keys(featuredRow.shape).join(", ");
    featured = await read(`select ${columns} from silver.listening_with_features`, featuredRow);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  test("every row of the export is in bronze, by media type", async () => {
    const found = await read(
      "select media_type, count(*) as rows from bronze.listening_history group by media_type",
      z.object({ media_type: z.string(), rows: count }),
    );
    assert.deepEqual(
      new Map(found.map((row) => [row.media_type, row.rows])),
      new Map([...groupBy(facts.rows, (row) => row.mediaType)].map(([type, rows]) => [type, rows.length])),
    );
  });

  test("silver keeps exactly the plays that are no copies", () => {
    const expected = facts.kept.map(playKey).toSorted();
    assert.deepEqual(plays.map(rowKey).toSorted(), expected);
    assert.equal(new Set(plays.map((play) => play.play_id)).size, expected.length);
  });

  test("streams, minutes and private plays of tracks are the export's", () => {
    const tracks = plays.filter((play) => play.media_type === "track");
    const expected = facts.tracks;
    assert.deepEqual(
      {
        milliseconds: sum(tracks, (play) => play.ms_played),
        streams: tracks.filter((play) => play.is_stream).length,
        private: tracks.filter((play) => play.is_private).length,
        privateStreams: tracks.filter((play) => play.is_stream && play.is_private).length,
      },
      {
        milliseconds: sum(expected, (play) => play.msPlayed),
        streams: expected.filter(isLong).length,
        private: expected.filter((play) => play.isPrivate).length,
        privateStreams: expected.filter((play) => isLong(play) && play.isPrivate).length,
      },
    );
  });

  test("each play starts where the specification allows it", () => {
    const starts = new Map<string, Set<number>>();
    for (const play of facts.kept) {
      const possible = starts.get(playKey(play)) ?? new Set();
      starts.set(playKey(play), possible);
      for (const start of play.starts) possible.add(start);
    }
    const wrong = plays.filter((play) => starts.get(rowKey(play))?.has(play.started_at.getTime()) !== true);
    assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} plays start elsewhere`);
  });

  test("minutes a local year are the export's", () => {
    const found = new Map<string, number>();
    for (const play of plays.filter((candidate) => candidate.media_type === "track")) {
      const year = String(clock(play.started_at.getTime()).year);
      found.set(year, (found.get(year) ?? 0) + play.ms_played);
    }
    assertWithin(
      found,
      boundsBy(facts.tracks, (start) => clock(start).year, msPlayed),
    );
  });

  test("the top artists are the export's, by minutes and by streams", () => {
    const found = plays
      .filter((play) => play.media_type === "track")
      .map((play) => ({ artistName: play.artist_name, ms: play.ms_played, stream: play.is_stream ? 1 : 0 }));
    assert.deepEqual(
      topBy(found, (play) => play.ms, 5),
      topBy(facts.tracks, msPlayed, 5),
    );
    assert.deepEqual(
      topBy(found, (play) => play.stream, 5),
      topBy(facts.tracks, (play) => (isLong(play) ? 1 : 0), 5),
    );
  });

  test("skips are known only from reasons that say so", async () => {
    const seed = parseCsvRows(await readFile(new URL("seeds/skip_reasons.csv", projectRoot), "utf8"));
    const skipReasons = new Set(seed.map((row) => row["reason_end"] ?? ""));
    const byKey = groupBy(facts.kept, playKey);
    const longest = new Map<string | null, number>();
    for (const play of facts.tracks) {
      longest.set(play.uri, Math.max(longest.get(play.uri) ?? 0, play.msPlayed));
    }
    for (const row of plays) {
      const [play, ...others] = byKey.get(rowKey(row)) ?? [];
      if (play === undefined || others.length > 0) continue;
      const allowed = allowedSkips(play, skipReasons, longest.get(play.uri) ?? 0);
      assert.ok(allowed.includes(row.is_skipped), `${play.reasonEnd} after ${row.ms_played} ms is ${row.is_skipped}`);
    }
  });

  test("local columns are the wall clock of the start", () => {
    const tracks = plays.filter((play) => play.media_type === "track");
    assert.equal(featured.length, tracks.length);
    for (const row of featured) {
      const local = clock(row.started_at.getTime());
      assert.deepEqual(
        {
          hour_of_day: row.hour_of_day,
          day_of_week: row.day_of_week,
          day_name: row.day_name,
          is_weekend: row.is_weekend,
          part_of_day: row.part_of_day,
          listening_date: dateOf(row.listening_date),
        },
        {
          hour_of_day: local.hour,
          day_of_week: local.dayOfWeek,
          day_name: dayNames[local.dayOfWeek - 1],
          is_weekend: local.dayOfWeek === 1 || local.dayOfWeek === 7,
          part_of_day: partOfDay(local.hour),
          listening_date: local.date,
        },
      );
    }
  });

  test("a mood is the quadrant of valence and energy, and unknown without them", () => {
    for (const row of featured) assert.equal(row.mood_category, moodOf(row.valence, row.energy));
  });

  test("features of a track that the catalogue lists are the catalogue's", () => {
    const expected = certainFeatures(facts.tracks, facts.catalogue);
    const seen = new Set<string>();
    for (const row of featured) {
      const features = expected.get(row.track_id ?? "");
      if (features === undefined) continue;
      assert.equal(row.feature_source, "catalogue");
      seen.add(row.track_id ?? "");
      for (const name of featureNames) assertClose(row[name], features[name], `${row.track_id} ${name}`);
    }
    assert.equal(seen.size, expected.size);
  });

  test("sessions are the export's, whichever way a gap is measured", async () => {
    const [found] = await read("select count(*) as sessions from silver.sessions", z.object({ sessions: count }));
    const bounds = sessionBounds(facts.kept, 30);
    assertBetween(found?.sessions ?? 0, bounds, "sessions");
  });

  test("listening_patterns_by_time counts the streams of each hour of the week", async () => {
    const rows = await read(
      "select hour_of_day, day_of_week, play_count, minutes_played from gold.listening_patterns_by_time",
      z.object({ hour_of_day: count, day_of_week: count, play_count: count, minutes_played: z.number() }),
    );
    const found = new Map(rows.map((row) => [`${row.day_of_week} ${row.hour_of_day}`, row.play_count]));
    assert.equal(found.size, rows.length);
    assertWithin(found, boundsBy(facts.goldStreams, hourOfWeek));
    assert.equal(
      sum(rows, (row) => row.play_count),
      facts.goldStreams.length,
    );
    const minutes = sum(facts.goldStreams, msPlayed) / 60_000;
    assertClose(sum(rows, (row) => row.minutes_played) / minutes, 1, "minutes", 1e-4);
  });

  test("temporal_trends has every day from the first play to the last, once", async () => {
    const rows = await read(
      "select date, total_plays, weekend_plays, minutes_played from gold.temporal_trends order by date",
      z.object({ date: z.date(), total_plays: count, weekend_plays: count, minutes_played: z.number() }),
    );
    const dates = rows.map((row) => dateOf(row.date));
    const ends = facts.kept.map((play) => clock(play.endedAt).date).toSorted();
    assert.deepEqual(dates, daysBetween(dates[0] ?? "", dates.at(-1) ?? ""));
    assert.ok(daysBetween(ends[0] ?? "", ends.at(-1) ?? "").every((date) => dates.includes(date)));
    const found = new Map(rows.map((row) => [dateOf(row.date), row.total_plays]));
    assertWithin(
      found,
      boundsBy(facts.goldStreams, (start) => clock(start).date),
    );
    assert.equal(
      sum(rows, (row) => row.total_plays),
      facts.goldStreams.length,
    );
    for (const row of rows) {
      const isWeekend = [0, 6].includes(row.date.getUTCDay());
      assert.equal(row.weekend_plays, isWeekend ? row.total_plays : 0, dateOf(row.date));
    }
    const minutes = sum(facts.goldStreams, msPlayed) / 60_000;
    assertClose(sum(rows, (row) => row.minutes_played) / minutes, 1, "minutes", 1e-4);
  });

  test("feature coverage is the export's, by id and by name", async () => {
    const rows = await read(
      "select feature_source, record_count, percentage from gold.feature_source_coverage",
      z.object({ feature_source: z.string(), record_count: count, percentage: z.number() }),
    );
    const records = new Map(rows.map((row) => [row.feature_source, row.record_count]));
    const total = facts.goldStreams.length;
    assert.equal(
      sum(rows, (row) => row.record_count),
      total,
    );
    for (const row of rows) assertClose(row.percentage, (100 * row.record_count) / total, row.feature_source, 0.0051);
    const bounds = coverageOf(facts.goldStreams, facts.catalogue);
    const byId = records.get("catalogue") ?? 0;
    assertBetween(byId, bounds.byId, "catalogue");
    assertBetween(byId + (records.get("catalogue_name") ?? 0), bounds.byIdOrName, "catalogue and catalogue_name");
  });

  test("audio_feature_distributions describe the streams with features", async () => {
    const value = z.number();
    const rows = await read(
      `select feature_name, mean, std_dev, min, max, p05, p25, p50, p75, p95, plays_with_features
       from gold.audio_feature_distributions`,
      z.object({
        feature_name: z.enum(featureNames),
        mean: value,
        std_dev: value,
        min: value,
        max: value,
        p05: value,
        p25: value,
        p50: value,
        p75: value,
        p95: value,
        plays_with_features: count,
      }),
    );
    assert.deepEqual(rows.map((row) => row.feature_name).toSorted(), featureNames.toSorted());
    const averaged = featured.filter(
      (row) => row.is_stream && !row.is_private && ["catalogue", "catalogue_name"].includes(row.feature_source ?? ""),
    );
    for (const row of rows) {
      const name = row.feature_name;
      const values = averaged.flatMap((play) => play[name] ?? []).toSorted((left, right) => left - right);
      const rounding = name === "tempo" ? 0.0501 : 0.000501;
      assert.equal(row.plays_with_features, values.length, name);
      const mean = sum(values, Number) / values.length;
      const deviation = Math.sqrt(sum(values, (each) => (each - mean) ** 2) / (values.length - 1));
      assertClose(row.mean, mean, `mean ${name}`, rounding);
      assertClose(row.std_dev, deviation, `std_dev ${name}`, rounding + deviation / values.length);
      assertClose(row.min, values[0] ?? null, `min ${name}`, rounding);
      assertClose(row.max, values.at(-1) ?? null, `max ${name}`, rounding);
      for (const [quantile, share] of quantiles) {
        const at = share * (values.length - 1);
        const [least, most] = [values[Math.floor(at)], values[Math.ceil(at)]];
        const bounds = { least: (least ?? NaN) - rounding, most: (most ?? NaN) + rounding };
        assertBetween(row[quantile], bounds, `${quantile} ${name}`);
      }
    }
  });

  test("top_tracks_by_mood ranks the most played songs of each mood", async () => {
    const rows = await read(
      `select track_id, track_name, artist_name, mood_category, valence, energy, play_count, rank_in_category
       from gold.top_tracks_by_mood order by mood_category, rank_in_category`,
      z.object({
        track_id: z.string(),
        track_name: z.string(),
        artist_name: z.string(),
        mood_category: z.string(),
        valence: z.number(),
        energy: z.number(),
        play_count: count,
        rank_in_category: count,
      }),
    );
    const byText = groupBy(facts.goldStreams, sameText);
    const byAnyText = groupBy(facts.goldStreams, looseSong);
    for (const category of groupBy(rows, (row) => row.mood_category).values()) {
      assert.deepEqual(
        category.map((row) => row.rank_in_category),
        category.map((_, index) => index + 1),
      );
      assert.ok(category.length <= 50);
      const counts = category.map((row) => row.play_count);
      assert.deepEqual(
        counts,
        counts.toSorted((left, right) => right - left),
      );
    }
    for (const row of rows) {
      const song = { trackName: row.track_name, artistName: row.artist_name };
      const least = byText.get(sameText(song))?.length ?? 0;
      const most = byAnyText.get(looseSong(song))?.length ?? 0;
      assertBetween(row.play_count, { least: Math.max(1, least), most }, row.track_name);
    }
  });

  test("meta names every relation, and each table and column of silver and gold has a comment", async () => {
    const bare = await read(
      `select schema_name || '.' || table_name as name from duckdb_tables()
       where schema_name in ('silver', 'gold') and coalesce(comment, '') = ''
       union all
       select schema_name || '.' || view_name from duckdb_views()
       where schema_name in ('silver', 'gold') and coalesce(comment, '') = ''
       union all
       select schema_name || '.' || table_name || '.' || column_name from duckdb_columns()
       where schema_name in ('silver', 'gold') and coalesce(comment, '') = ''`,
      z.object({ name: z.string() }),
    );
    assert.deepEqual(bare, []);
    const [relations] = await read("select count(*) as rows from meta.relations", z.object({ rows: count }));
    assert.ok((relations?.rows ?? 0) > 0);
  });

  test("nothing personal is landed or written down", async () => {
    const columns = await read(
      `select schema_name || '.' || table_name || '.' || column_name as name from duckdb_columns()
       where not internal and regexp_matches(column_name, '(^|_)ip(_|$)|user_?name|user_agent')`,
      z.object({ name: z.string() }),
    );
    assert.deepEqual(columns, []);
    // A user agent of "unknown" is no secret, and a word that names of tests may hold.
    const personal = new Set(facts.rows.flatMap((row) => row.personal).filter((value) => value.length >= 8));
    for (const file of await filesBelow(join(folder, "first"))) {
      if (!/\.(jsonl?|txt|log|csv)$/.test(file)) continue;
      const content = await readFile(file, "utf8");
      for (const value of personal) assert.ok(!content.includes(value), `${file} holds personal data`);
    }
  });

  test("every file of a release is read-only", async () => {
    const releases = join(folder, "first", "releases");
    const files = await filesBelow(releases);
    assert.ok(files.length >= 2);
    for (const file of files) assert.equal(((await stat(file)).mode & 0o777).toString(8), "444", file);
    const current = await stat(join(folder, "first", "warehouse.duckdb"));
    const inodes = await Promise.all(files.map(async (file) => (await stat(file)).ino));
    assert.ok(inodes.includes(current.ino));
  });

  test("the same files land once, and a second build publishes nothing", async () => {
    const data = join(folder, "first");
    const settings = await readFile(new URL("project.yml", projectRoot), "utf8");
    // Beside the rows stands a note of the files that were read last.
    const landed = async (): Promise<readonly string[]> =>
      (await snapshot(join(data, "bronze"))).filter((line) => !line.includes("/bronze/seen.json "));
    const bronze = await landed();
    const releases = await snapshot(join(data, "releases"));
    const current = (await stat(join(data, "warehouse.duckdb"))).ino;
    await succeed("first", "ingest", exportPath, cataloguePath);
    assert.deepEqual(await landed(), bronze);
    await succeed("first", "build");
    assert.deepEqual(await snapshot(join(data, "releases")), releases);
    assert.equal((await stat(join(data, "warehouse.duckdb"))).ino, current);
    assert.equal(await readFile(new URL("project.yml", projectRoot), "utf8"), settings);
  });

  test("another machine's build of the same files has the same rows", async () => {
    await succeed("second", "ingest", exportPath, cataloguePath);
    await succeed("second", "build");
    const differences = await withDuckDB({}, async (database) => {
      const connection = await database.connect();
      for (const name of ["first", "second"]) {
        await connection.run(`attach '${join(folder, name, "warehouse.duckdb")}' as ${name} (read_only)`);
      }
      const relations = await relationsOf(connection, "first", ["silver", "gold"]);
      assert.deepEqual(await relationsOf(connection, "second", ["silver", "gold"]), relations);
      assert.ok(relations.length > 0);
      const found: string[] = [];
      for (const relation of relations) {
        found.push(...(await differencesOf(connection, relation, ["first", "second"])));
      }
      return found;
    });
    assert.deepEqual(differences, []);
  });
});

const quantiles = [
  ["p05", 0.05],
  ["p25", 0.25],
  ["p50", 0.5],
  ["p75", 0.75],
  ["p95", 0.95],
] as const;

async function readFacts(): Promise<Facts> {
  const rows = await readRawExport(exportPath);
  const reconciled = dropCopies(rows);
  const kept = withStarts(reconciled.kept);
  const tracks = kept.filter((play) => play.mediaType === "track");
  const goldStreams = tracks.filter((play) => isLong(play) && !play.isPrivate);
  return { rows, reconciled, kept, tracks, goldStreams, catalogue: await readCatalogue(cataloguePath) };
}

function playKey(play: RawPlay): string {
  return `${play.mediaType} ${play.trackId ?? ""} ${play.endedAt} ${play.msPlayed}`;
}

function rowKey(row: z.infer<typeof playRow>): string {
  return `${row.media_type} ${row.track_id ?? ""} ${row.ended_at.getTime()} ${row.ms_played}`;
}

function hourOfWeek(start: number): string {
  return `${clock(start).dayOfWeek} ${clock(start).hour}`;
}

function isLong(play: RawPlay): boolean {
  return play.msPlayed >= streamMilliseconds;
}

function msPlayed(play: RawPlay): number {
  return play.msPlayed;
}

/** Reasons that say nothing give null, an end by itself gives false; a listed one is a skip unless the song was nearly over. */
function allowedSkips(play: RawPlay, skipReasons: ReadonlySet<string>, longest: number): readonly (boolean | null)[] {
  const reason = play.reasonEnd ?? "";
  if (skipReasons.has(reason)) return play.msPlayed < 5000 && longest > 60_000 ? [true] : [true, false, null];
  if (reason === "trackdone") return [false];
  const saysNothing = reason === "" || reason === "logout" || reason.startsWith("unexpected-exit");
  return saysNothing ? [null] : [false, null];
}

function partOfDay(hour: number): string {
  if (hour >= 6 && hour <= 11) return "morning";
  if (hour >= 12 && hour <= 17) return "afternoon";
  return hour >= 18 && hour <= 22 ? "evening" : "night";
}

function moodOf(valence: number | null, energy: number | null): string | null {
  if (valence === null || energy === null) return null;
  const mood = valence >= 0.6 ? "Happy" : "Sad";
  if ((valence < 0.6 && valence >= 0.4) || (energy < 0.6 && energy >= 0.4)) return "Neutral";
  return `${mood}_${energy >= 0.6 ? "Energetic" : "Calm"}`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function assertBetween(value: number, bounds: Bounds, what: string): void {
  assert.ok(value >= bounds.least && value <= bounds.most, `${what}: ${value} is not in ${JSON.stringify(bounds)}`);
}

/** Keys on either side only count as 0. */
function assertWithin(found: ReadonlyMap<string, number>, bounds: ReadonlyMap<string, Bounds>): void {
  for (const key of new Set([...found.keys(), ...bounds.keys()])) {
    assertBetween(found.get(key) ?? 0, bounds.get(key) ?? { least: 0, most: 0 }, key);
  }
}

function assertClose(
  ...[found, expected, what, tolerance = 1e-9]: [number | null, number | null, string, number?]
): void {
  const isEqual = found === null || expected === null ? found === expected : Math.abs(found - expected) <= tolerance;
  assert.ok(isEqual, `${what}: ${found} is not ${expected}`);
}

function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function daysBetween(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let day = Date.parse(first); day <= Date.parse(last); day += 86_400_000) days.push(dateOf(new Date(day)));
  return days;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function snapshot(directory: string): Promise<readonly string[]> {
  const files = await filesBelow(directory);
  return Promise.all(files.map(async (file) => `${file} ${(await stat(file)).size} ${(await stat(file)).mtimeMs}`));
}
