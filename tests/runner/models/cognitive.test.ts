import assert from "node:assert/strict";
import { test } from "node:test";

import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/cognitive"];

/** The catalogue's row of a song with these features. */
function song(names: string, features: BronzeRow): BronzeRow {
  const [artists = "", title = ""] = names.split(" - ");
  return { track_id: trackId(names), track_name: title, artists, ...features };
}

function catalogueOf(songs: Readonly<Record<string, BronzeRow>>) {
  return catalogueFile(
    Object.entries(songs).map(([names, row], index) => ({ line_number: index + 2, ...song(names, row) })),
  );
}

/** Streams of a minute from a moment on, one every 100 seconds. */
function streams(from: string, names: readonly string[]): readonly BronzeRow[] {
  return names.map((name, index) => {
    const end = new Date(Date.parse(`${from}Z`) + 100_000 * (index + 1));
    return trackRow(end.toISOString().slice(0, 19).replace("T", " "), name, { ms_played: 60_000 });
  });
}

function times(count: number, name: string): readonly string[] {
  return Array.from({ length: count }, () => name);
}

/** The cells of each row, without the names of the columns. */
async function cells(life: Life, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await life.query(sql)).map((row) => Object.values(row));
}

test("listening_anomalies", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      // 30 songs a tenth off the mean and 2 four tenths off: a variance of 0.62 / 31 = 0.02, in valence and in energy.
      ...streams("2024-05-01 10:00:00", [
        ...times(14, "Ann - Dim loud"),
        ...times(14, "Ann - Lit soft"),
        "Ann - Brightest",
        "Ann - Darkest",
        "Ann - Loudest",
        "Ann - Softest",
        "Zed - Unknown",
      ]),
      // The same in valence alone.
      ...streams("2024-05-02 11:00:00", [
        ...times(15, "Bo - Dim"),
        ...times(15, "Bo - Lit"),
        "Bo - Brightest",
        "Bo - Darkest",
      ]),
      // Five tenths off: a variance of (0.3 + 0.5) / 31.
      ...streams("2024-05-03 12:00:00", [
        ...times(15, "Bo - Dim"),
        ...times(15, "Bo - Lit"),
        "Cy - One",
        "Cy - Nought",
      ]),
      ...streams("2024-05-04 13:00:00", times(29, "Dee - Middle")),
      ...streams("2024-05-05 14:00:00", times(30, "Dee - Middle")),
      ...streams("2024-05-06 15:00:00", times(3, "Zed - Unknown")),
      // Far from the mean of the life, at an hour where that is usual.
      ...streams("2024-05-07 16:00:00", [...times(15, "Cy - One"), ...times(15, "Cy - Nought")]),
    ]),
    catalogueOf({
      "Ann - Dim loud": { valence: 0.4, energy: 0.6 },
      "Ann - Lit soft": { valence: 0.6, energy: 0.4 },
      "Ann - Brightest": { valence: 0.9, energy: 0.6 },
      "Ann - Darkest": { valence: 0.1, energy: 0.4 },
      "Ann - Loudest": { valence: 0.6, energy: 0.9 },
      "Ann - Softest": { valence: 0.4, energy: 0.1 },
      "Bo - Dim": { valence: 0.4 },
      "Bo - Lit": { valence: 0.6 },
      "Bo - Brightest": { valence: 0.9 },
      "Bo - Darkest": { valence: 0.1 },
      "Cy - One": { valence: 1 },
      "Cy - Nought": { valence: 0 },
      "Dee - Middle": {},
    }),
  );
  await life.build("+tag:cognitive");

  await context.test("counts what lies more than 2 standard deviations from the hour's mean", async () => {
    assert.deepEqual(
      await cells(
        life,
        `select hour_of_day, plays, plays_with_features, anomaly_count, avg_valence_deviation, avg_energy_deviation,
        anomaly_severity, share, share_expected from gold.listening_anomalies`,
      ),
      // By chance: all hours have a mean of 0.5. Valence has a variance of (0.62 + 0.62 + 0.8 + 7.5) / 184, so that 2
      // standard deviations are 0.455, which 2 + 30 streams pass; energy has 0.62 / 184, so 0.116, which 2 others pass:
      // 34 of 185 streams.
      [
        // Two are 0.4 / √0.02 = 2.828 off, the other two 0.1 / √0.02 = 0.707.
        [10, 33, 32, 4, 1.768, 1.768, "Low", 12.5, 18.38],
        [11, 32, 32, 2, 2.828, null, "Medium", 6.25, 18.38],
        // 0.5 / √(0.8 / 31)
        [12, 32, 32, 2, 3.112, null, "High", 6.25, 18.38],
        [13, 29, 29, null, null, null, null, null, null],
        [14, 30, 30, 0, null, null, null, 0, 18.38],
        [16, 30, 30, 0, null, null, null, 0, 18.38],
      ],
    );
  });

  await context.test("says what that means where something stands out", async () => {
    assert.deepEqual(
      await life.query(`select count(*) as rows from gold.listening_anomalies
        left join seeds.anomaly_severities using (anomaly_severity)
        where listening_anomalies.interpretation is distinct from anomaly_severities.interpretation
        or (anomaly_count > 0) != (listening_anomalies.interpretation is not null)`),
      [{ rows: 0 }],
    );
  });

  await context.test("has its streams in listening_anomaly_plays, in the order they were played", async () => {
    assert.deepEqual(
      await cells(
        life,
        `select hour_of_day, track_name, hour_valence, hour_energy, round(valence_deviation, 2),
        round(energy_deviation, 2)
        from gold.listening_anomaly_plays`,
      ),
      [
        [10, "Brightest", 0.5, 0.5, 2.83, 0.71],
        [10, "Darkest", 0.5, 0.5, -2.83, -0.71],
        [10, "Loudest", 0.5, 0.5, 0.71, 2.83],
        [10, "Softest", 0.5, 0.5, -0.71, -2.83],
        [11, "Brightest", 0.5, 0.5, 2.83, null],
        [11, "Darkest", 0.5, 0.5, -2.83, null],
        [12, "One", 0.5, 0.5, 3.11, null],
        [12, "Nought", 0.5, 0.5, -3.11, null],
      ],
    );
  });
});

test("behavioral_segments and segments_by_year", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2021-2025.json", [
      ...streams("2021-01-02 10:00:00", times(30, "Ann - Sunny")),
      ...streams("2022-01-01 10:00:00", times(30, "Bo - Storm")),
      ...streams("2023-01-01 10:00:00", [...times(15, "Cy - Up"), ...times(15, "Cy - Down")]),
      ...streams("2024-01-01 10:00:00", [...times(15, "Dee - Night"), ...times(15, "Dee - Dawn")]),
      ...streams("2025-12-31 10:00:00", [...times(29, "Eve - Middle"), "Zed - Unknown"]),
    ]),
    catalogueOf({
      "Ann - Sunny": { valence: 0.9, energy: 0.2 },
      "Bo - Storm": { valence: 0.1, energy: 0.9 },
      "Cy - Up": { valence: 0.7, energy: 0.7 },
      "Cy - Down": { valence: 0.5, energy: 0.5 },
      "Dee - Night": { valence: 0, energy: 0.3, acousticness: 0.9 },
      "Dee - Dawn": { valence: 0.7, energy: 0.3, acousticness: 0.9 },
      "Eve - Middle": {},
    }),
  );
  await life.build("+tag:cognitive");
  const columns = `overall_valence, overall_energy, overall_danceability, overall_acousticness, mood_variability,
    energy_variability, total_listens, plays_with_features, listening_archetype,
    (select rule_rank from seeds.listening_recommendations
      where listening_recommendations.wellbeing_recommendation = segments.wellbeing_recommendation)`;

  await context.test("one row for the life", async () => {
    assert.deepEqual(await cells(life, `select ${columns} from gold.behavioral_segments as segments`), [
      // 149 streams. Valence sums to 27 + 3 + 18 + 10.5 + 14.5 = 73 and squared to 24.3 + 0.3 + 11.1 + 7.35 + 7.25 = 50.3:
      // a variance of (50.3 − 73² / 149) / 148 = 0.0982. Energy sums to 74.5 and squared to 46.55: 9.3 / 148 = 0.0628.
      [0.49, 0.5, 0.5, 0.341, 0.313, 0.251, 150, 149, "Balanced Explorer", 1],
    ]);
  });

  await context.test("one row a year, the first one partial", async () => {
    assert.deepEqual(
      await cells(life, `select listening_year, is_partial, ${columns} from gold.segments_by_year as segments`),
      [
        [2021, true, 0.9, 0.2, 0.5, 0.2, 0, 0, 30, 30, "Peaceful Relaxer", 3],
        [2022, false, 0.1, 0.9, 0.5, 0.2, 0, 0, 30, 30, "Intense Focuser", 2],
        // A mean of 0.6 is high already; √(30 × 0.01 / 29) = 0.1017.
        [2023, false, 0.6, 0.6, 0.5, 0.2, 0.102, 0.102, 30, 30, "Energetic Optimist", 3],
        // √(30 × 0.35² / 29) = 0.3560: wide comes before dark.
        [2024, false, 0.35, 0.3, 0.5, 0.9, 0.356, 0, 30, 30, "Contemplative Thinker", 1],
        [2025, false, null, null, null, null, null, null, 30, 29, null, null],
      ],
    );
  });

  await context.test("each described by its archetype", async () => {
    assert.deepEqual(
      await cells(
        life,
        `select count(*) from gold.segments_by_year left join seeds.listening_archetypes using (listening_archetype)
        where segments_by_year.archetype_description is distinct from listening_archetypes.archetype_description`,
      ),
      [[0]],
    );
  });
});

test("without a catalogue the cognitive tables are empty or say nothing but counts", async (context) => {
  const life = await newLife(context, "UTC", models);
  const counts = () =>
    life.query(`select
      (select count(*) from gold.listening_anomalies) as hours,
      (select count(*) from gold.listening_anomaly_plays) as anomalies,
      (select count(*) from gold.sequential_patterns) as moods,
      (select count(*) from gold.mood_transitions) as pairs,
      (select list([listening_year, total_listens, is_partial::int]) from gold.segments_by_year) as years,
      (select [total_listens, plays_with_features, overall_valence, mood_variability] from gold.behavioral_segments)
        as life,
      (select listening_archetype || archetype_description || wellbeing_recommendation from gold.behavioral_segments)
        as said`);
  const nothing = { hours: 0, anomalies: 0, moods: 0, pairs: 0, said: null };

  await life.build("+tag:cognitive");
  assert.deepEqual(await counts(), [{ ...nothing, years: null, life: [0, 0, null, null] }]);

  // From the first day of a year to its last.
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      ...streams("2024-01-01 10:00:00", times(10, "Ann - One")),
      ...streams("2024-12-31 10:00:00", times(10, "Ann - One")),
    ]),
  );
  await life.build("+tag:cognitive");
  assert.deepEqual(await counts(), [{ ...nothing, years: [[2024, 20, 0]], life: [20, 0, null, null] }]);
});
