import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { type Row, withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { parseCsvRows } from "../../support/csv.ts";
import { type ExpectedRow, assertNearRows, near } from "../../support/near-rows.ts";
import { groupBy } from "../../support/raw-export.ts";
import { projectRoot, runTonearm } from "../../support/run-tonearm.ts";
import {
  deviationOf,
  fewest,
  followingMoods,
  isFar,
  mean,
  meanOf,
  outliers,
  type Play,
  playRow,
  type Stream,
  streamRow,
} from "../../support/stream-figures.ts";

const exportPath = fileURLToPath(new URL("../shared/data/my_spotify_data.zip", projectRoot));
const cataloguePath = fileURLToPath(new URL("../shared/data/kaggle_tracks.csv.gz", projectRoot));
const missing = [exportPath, cataloguePath].find((path) => !existsSync(path));
const skip = missing === undefined ? false : `there is no real export to run: ${missing} is missing`;

const moods = ["Happy_Energetic", "Happy_Calm", "Sad_Energetic", "Sad_Calm", "Neutral"];
describe("the cognitive tables of a real export, recomputed from its streams", { skip }, () => {
  let folder = "";
  let streams: readonly Stream[];
  let plays: readonly Play[];

  function rows(relation: string): Promise<readonly Row[]> {
    return withDuckDB({ path: join(folder, "warehouse.duckdb"), readOnly: true }, async (database) =>
      (await database.connect()).query(`select * from ${relation}`),
    );
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tonearm-real-cognitive-"));
    const environment = { DATA_DIR: folder, TONEARM_TIMEZONE: "Europe/Berlin" };
    for (const args of [
      ["ingest", exportPath, cataloguePath],
      ["build", "--select", "+tag:cognitive"],
    ]) {
      const { exitCode, stdout, stderr } = await runTonearm(args, environment);
      assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    }
    streams = z.array(streamRow).parse(await rows("gold.streams"));
    plays = z.array(playRow).parse(await rows("silver.listening_with_features"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  test("listening_anomalies and listening_anomaly_plays", async () => {
    const featured = streams.filter((stream) => stream.has_features);
    const outside = outliers(featured);
    const chance = (100 * featured.filter((stream) => isFar(outside(stream))).length) / featured.length;
    const severities = await seed("anomaly_severities");
    const expected: ExpectedRow[] = [];
    const standingOut: ExpectedRow[] = [];
    for (const [hour, group] of [...groupBy(featured, (stream) => stream.hour_of_day)].toSorted(byFirst)) {
      const deviationsOf = outliers(group);
      const isJudged = group.length >= fewest;
      const found = group.map((stream) => ({ stream, off: deviationsOf(stream) })).filter(({ off }) => isFar(off));
      const [valence, energy] = [0, 1].map((place) => mean(found.map(({ off }) => Math.abs(off[place] ?? Number.NaN))));
      const larger = Math.max(valence ?? 0, energy ?? 0);
      const severity = severities.find((row) => larger > Number(row["above_deviation"]));
      expected.push({
        hour_of_day: hour,
        anomaly_count: isJudged ? found.length : null,
        avg_valence_deviation: near(valence, 3),
        avg_energy_deviation: near(energy, 3),
        anomaly_severity: found.length === 0 ? null : (severity?.["anomaly_severity"] ?? null),
        interpretation: found.length === 0 ? null : (severity?.["interpretation"] ?? null),
        plays: streams.filter((stream) => stream.hour_of_day === hour).length,
        plays_with_features: group.length,
        share: isJudged ? near((100 * found.length) / group.length, 2) : null,
        share_expected: isJudged ? near(chance, 2) : null,
      });
      for (const { stream, off } of found) {
        standingOut.push({
          play_id: stream.play_id,
          track_id: stream.track_id,
          track_name: stream.track_name,
          artist_name: stream.artist_name,
          started_at: stream.started_at,
          listening_date: stream.listening_date,
          hour_of_day: hour,
          valence: near(stream.valence, 3),
          energy: near(stream.energy, 3),
          hour_valence: near(meanOf(group, "valence"), 3),
          hour_energy: near(meanOf(group, "energy"), 3),
          valence_deviation: near(off[0], 3),
          energy_deviation: near(off[1], 3),
        });
      }
    }
    assertNearRows(await rows("gold.listening_anomalies"), expected, "hour_of_day");
    assertNearRows(await rows("gold.listening_anomaly_plays"), standingOut, "play_id");
  });

  test("mood_transitions and sequential_patterns", async () => {
    const { pairs, shuffled } = followingMoods(streams, plays);
    const expected = moods.flatMap((mood) => {
      const from = pairs.filter(([first]) => first === mood).length;
      if (from === 0) return [];
      return moods.map((next) => {
        const transitions = pairs.filter(([first, second]) => first === mood && second === next).length;
        const byChance = (from * pairs.filter(([, second]) => second === next).length) / pairs.length;
        const inSession = shuffled.get(`${mood} ${next}`) ?? 0;
        return {
          mood_category: mood,
          next_mood: next,
          transitions,
          transitions_from_mood: from,
          probability: from < fewest ? null : near(transitions / from, 3),
          expected_transitions: near(byChance, 1),
          lift: from < fewest || byChance < 5 ? null : near(transitions / byChance, 3),
          shuffled_transitions: near(inSession, 1),
          lift_in_session: from < fewest || inSession < 5 ? null : near(transitions / inSession, 3),
        };
      });
    });
    assertNearRows(await rows("gold.mood_transitions"), expected, "mood_category", "next_mood");

    const texts = await seed("mood_sequences");
    const patterns = moods.flatMap((mood) => {
      const count = streams.filter((stream) => stream.mood_category === mood).length;
      if (count === 0) return [];
      const candidates = expected.filter((row) => row.mood_category === mood);
      const most = Math.max(...candidates.map((row) => row.transitions));
      const first = candidates.find((row) => row.transitions === most && row.probability !== null);
      const known = first?.next_mood === mood ? "same" : "other";
      const kind = first === undefined ? "unknown" : known;
      const text = texts.find((row) => row["mood_category"] === mood && row["next_kind"] === kind);
      return {
        mood_category: mood,
        occurrence_count: count,
        pattern_type: text?.["pattern_type"] ?? null,
        behavioral_insight: text?.["behavioral_insight"] ?? null,
        transitions: candidates[0]?.transitions_from_mood ?? 0,
        next_mood: first?.next_mood ?? null,
        next_mood_probability: first?.probability ?? null,
        next_mood_lift: first?.lift ?? null,
        next_mood_lift_in_session: first?.lift_in_session ?? null,
      };
    });
    assertNearRows(await rows("gold.sequential_patterns"), patterns, "mood_category");
  });

  test("behavioral_segments and segments_by_year", async () => {
    const archetypes = await seed("listening_archetypes");
    const suggestions = await seed("listening_recommendations");
    const describeSpan = (group: readonly Stream[]): ExpectedRow => {
      const [valence, energy] = [meanOf(group, "valence"), meanOf(group, "energy")];
      const spread = deviationOf(group, "valence");
      const name = archetypes.find(
        (row) =>
          valence >= Number(row["min_valence"] || -1) &&
          valence < Number(row["below_valence"] || 2) &&
          energy >= Number(row["min_energy"] || -1) &&
          energy < Number(row["below_energy"] || 2),
      );
      const advice = suggestions.find(
        (row) => spread > Number(row["above_mood_variability"] || -1) && valence < Number(row["below_valence"] || 2),
      );
      return {
        overall_valence: near(valence, 3),
        overall_energy: near(energy, 3),
        overall_danceability: near(meanOf(group, "danceability"), 3),
        overall_acousticness: near(meanOf(group, "acousticness"), 3),
        mood_variability: near(spread, 3),
        energy_variability: near(deviationOf(group, "energy"), 3),
        total_listens: group.length,
        plays_with_features: group.filter((stream) => stream.has_features).length,
        listening_archetype: name?.["listening_archetype"] ?? null,
        archetype_description: name?.["archetype_description"] ?? null,
        wellbeing_recommendation: advice?.["wellbeing_recommendation"] ?? null,
      };
    };
    assertNearRows(await rows("gold.behavioral_segments"), [describeSpan(streams)]);
    const years = [...groupBy(streams, (stream) => stream.listening_date.getUTCFullYear())].toSorted(byFirst);
    assert.ok(years.every(([, group]) => group.filter((stream) => stream.has_features).length >= fewest));
    assertNearRows(
      await rows("gold.segments_by_year"),
      // The record begins in April and ends in September.
      years.map(([year, group], index) =>
        Object.assign({ listening_year: year, is_partial: [0, years.length - 1].includes(index) }, describeSpan(group)),
      ),
      "listening_year",
    );
  });
});

/** The rows of a seed in their order. */
async function seed(name: string): Promise<readonly Readonly<Record<string, string>>[]> {
  return parseCsvRows(await readFile(new URL(`seeds/${name}.csv`, projectRoot), "utf8"));
}

function byFirst([left]: readonly [number, unknown], [right]: readonly [number, unknown]): number {
  return left - right;
}
