import assert from "node:assert/strict";
import { test } from "node:test";

import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { newLife, trackId, trackRow } from "../../support/life.ts";

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

test("listening_anomalies", async (context) => {
  const life = await newLife(context);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      // 30 songs a tenth off the mean and 2 four tenths off: a variance of 0.62 / 31 = 0.02, in valence and in energy.
      ...streams("2024-05-01 10:00:00", [
        ...times(14, "Ann - Dim loud"),
        ...times(14, "Ann - Lit soft"),
        ...["Ann - Brightest", "Ann - Darkest", "Ann - Loudest", "Ann - Softest", "Zed - Unknown"],
      ]),
      // The same in valence alone.
      ...streams("2024-05-02 11:00:00", [
        ...times(15, "Bo - Dim"),
        ...times(15, "Bo - Lit"),
        ...["Bo - Brightest", "Bo - Darkest"],
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
  await life.build();

  await context.test("counts what lies more than 2 standard deviations from the hour's mean", async () => {
    const judged = { anomaly_count: null, valence: null, energy: null, anomaly_severity: null, share: null };
    // By chance: all hours have a mean of 0.5. Valence has a variance of (0.62 + 0.62 + 0.8) / 154, so that 2 standard
    // deviations are 0.230, which 6 streams pass; energy has 0.62 / 154, so 0.127, which 2 others pass: 8 of 155 streams.
    const share_expected = 5.16;
    assert.deepEqual(
      await life.query(`select hour_of_day, plays, plays_with_features, anomaly_count,
        avg_valence_deviation as valence, avg_energy_deviation as energy, anomaly_severity, share, share_expected
        from gold.listening_anomalies`),
      [
        {
          ...{ hour_of_day: 10, plays: 33, plays_with_features: 32, anomaly_count: 4 },
          // Two are 0.4 / √0.02 = 2.828 off, the other two 0.1 / √0.02 = 0.707.
          ...{ valence: 1.768, energy: 1.768, anomaly_severity: "Low", share: 12.5, share_expected },
        },
        {
          ...{ hour_of_day: 11, plays: 32, plays_with_features: 32, anomaly_count: 2 },
          ...{ valence: 2.828, energy: null, anomaly_severity: "Medium", share: 6.25, share_expected },
        },
        {
          ...{ hour_of_day: 12, plays: 32, plays_with_features: 32, anomaly_count: 2 },
          // 0.5 / √(0.8 / 31)
          ...{ valence: 3.112, energy: null, anomaly_severity: "High", share: 6.25, share_expected },
        },
        { ...judged, hour_of_day: 13, plays: 29, plays_with_features: 29, share_expected: null },
        { ...judged, hour_of_day: 14, plays: 30, plays_with_features: 30, anomaly_count: 0, share: 0, share_expected },
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
      await life.query(`select hour_of_day as hour, track_name, hour_valence, hour_energy,
        valence_deviation as valence, energy_deviation as energy from gold.listening_anomaly_plays`),
      [
        { hour: 10, track_name: "Brightest", hour_valence: 0.5, hour_energy: 0.5, valence: 2.828, energy: 0.707 },
        { hour: 10, track_name: "Darkest", hour_valence: 0.5, hour_energy: 0.5, valence: -2.828, energy: -0.707 },
        { hour: 10, track_name: "Loudest", hour_valence: 0.5, hour_energy: 0.5, valence: 0.707, energy: 2.828 },
        { hour: 10, track_name: "Softest", hour_valence: 0.5, hour_energy: 0.5, valence: -0.707, energy: -2.828 },
        { hour: 11, track_name: "Brightest", hour_valence: 0.5, hour_energy: 0.5, valence: 2.828, energy: null },
        { hour: 11, track_name: "Darkest", hour_valence: 0.5, hour_energy: 0.5, valence: -2.828, energy: null },
        { hour: 12, track_name: "One", hour_valence: 0.5, hour_energy: 0.5, valence: 3.112, energy: null },
        { hour: 12, track_name: "Nought", hour_valence: 0.5, hour_energy: 0.5, valence: -3.112, energy: null },
      ],
    );
  });
});

test("behavioral_segments and segments_by_year", async (context) => {
  const life = await newLife(context);
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
  await life.build();
  const measures = `overall_valence as valence, overall_energy as energy, overall_danceability as dance,
    overall_acousticness as acoustic, mood_variability as mood_spread, energy_variability as energy_spread,
    total_listens as listens, plays_with_features as featured, listening_archetype as archetype,
    archetype_description = (select archetype_description from seeds.listening_archetypes
      where listening_archetypes.listening_archetype = segments.listening_archetype) as is_described,
    (select rule_rank from seeds.listening_recommendations
      where listening_recommendations.wellbeing_recommendation = segments.wellbeing_recommendation) as rule`;
  const even = { dance: 0.5, acoustic: 0.2, listens: 30, featured: 30, is_described: true };

  await context.test("one row for the life", async () => {
    // 149 streams. Valence sums to 27 + 3 + 18 + 10.5 + 14.5 = 73 and squared to 24.3 + 0.3 + 11.1 + 7.35 + 7.25 = 50.3:
    // a variance of (50.3 − 73² / 149) / 148 = 0.0982. Energy sums to 74.5 and squared to 46.55: 9.3 / 148 = 0.0628.
    assert.deepEqual(await life.query(`select ${measures} from gold.behavioral_segments as segments`), [
      {
        ...{ valence: 0.49, energy: 0.5, dance: 0.5, acoustic: 0.341, mood_spread: 0.313, energy_spread: 0.251 },
        ...{ listens: 150, featured: 149, archetype: "Balanced Explorer", is_described: true, rule: 1 },
      },
    ]);
  });

  await context.test("one row a year, the first one partial", async () => {
    assert.deepEqual(
      await life.query(`select listening_year as year, is_partial, ${measures} from gold.segments_by_year as segments`),
      [
        {
          ...{ year: 2021, is_partial: true, ...even, archetype: "Peaceful Relaxer", rule: 3 },
          ...{ valence: 0.9, energy: 0.2, mood_spread: 0, energy_spread: 0 },
        },
        {
          ...{ year: 2022, is_partial: false, ...even, archetype: "Intense Focuser", rule: 2 },
          ...{ valence: 0.1, energy: 0.9, mood_spread: 0, energy_spread: 0 },
        },
        {
          // A mean of 0.6 is high already; √(30 × 0.01 / 29) = 0.1017.
          ...{ year: 2023, is_partial: false, ...even, archetype: "Energetic Optimist", rule: 3 },
          ...{ valence: 0.6, energy: 0.6, mood_spread: 0.102, energy_spread: 0.102 },
        },
        {
          // √(30 × 0.35² / 29) = 0.3560: wide comes before dark.
          ...{ year: 2024, is_partial: false, ...even, acoustic: 0.9, archetype: "Contemplative Thinker", rule: 1 },
          ...{ valence: 0.35, energy: 0.3, mood_spread: 0.356, energy_spread: 0 },
        },
        {
          ...{ year: 2025, is_partial: false, listens: 30, featured: 29, archetype: null, is_described: null },
          ...{ valence: null, energy: null, dance: null, acoustic: null, mood_spread: null, energy_spread: null },
          rule: null,
        },
      ],
    );
  });
});

test("without a catalogue the cognitive tables are empty or say nothing but counts", async (context) => {
  const life = await newLife(context);
  const counts = () =>
    life.query(`select
      (select count(*) from gold.listening_anomalies) as hours,
      (select count(*) from gold.listening_anomaly_plays) as anomalies,
      (select count(*) from gold.sequential_patterns) as moods,
      (select count(*) from gold.mood_transitions) as pairs,
      (select list([listening_year, total_listens]) from gold.segments_by_year) as years,
      (select [total_listens, plays_with_features, overall_valence, mood_variability] from gold.behavioral_segments)
        as life,
      (select listening_archetype || archetype_description || wellbeing_recommendation from gold.behavioral_segments)
        as said`);
  const nothing = { hours: 0, anomalies: 0, moods: 0, pairs: 0, said: null };

  await life.build();
  assert.deepEqual(await counts(), [{ ...nothing, years: null, life: [0, 0, null, null] }]);

  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", streams("2024-05-01 10:00:00", times(20, "Ann - One"))),
  );
  await life.build();
  assert.deepEqual(await counts(), [{ ...nothing, years: [[2024, 20]], life: [20, 0, null, null] }]);
});
