import assert from "node:assert/strict";
import { test } from "node:test";

import { prng } from "../../../runner/prng.ts";
import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { assertDiagnostic, recomputeDiagnostics } from "../../support/diagnostic-tables.ts";
import { newLife, trackId, trackRow } from "../../support/life.ts";
import { compareInside, holm, mean, studentP, weightsOf } from "../../support/poisson-bootstrap.ts";

/** All of the project that is looked at here. */
const models = ["gold/diagnostic"];

const dayMilliseconds = 86_400_000;

function dayAfter(index: number): string {
  return new Date(Date.UTC(2023, 0, 1) + index * dayMilliseconds).toISOString().slice(0, 10);
}

function songsOf(chance: ReturnType<typeof prng>): readonly BronzeRow[] {
  return Array.from({ length: 45 }, (_, index) => ({
    line_number: index + 2,
    track_id: trackId(`Ann - ${index + 11}`),
    track_name: String(index + 11),
    artists: "Ann",
    valence: Number(chance.between(index / 90, 0.5 + index / 90).toFixed(3)),
    energy: Number(chance.between(0, 1).toFixed(4)),
    danceability: Number(chance.between(0.3, 0.7).toFixed(3)),
    acousticness: Number((chance.uniform() ** 6).toFixed(7)),
    instrumentalness: Number((chance.uniform() ** 12).toFixed(9)),
    tempo: Number(chance.between(60, 200).toFixed(3)),
    loudness: Number(chance.between(-20, 0).toFixed(3)),
  }));
}

/**
 * Nights of up to 12 plays on most of 120 days, and 6 mornings of 10; the songs of a day lie near each other, those of
 * Sundays higher up.
 */
function nightsOf(chance: ReturnType<typeof prng>): readonly BronzeRow[] {
  return Array.from({ length: 120 }, (_, day) => day).flatMap((day) => {
    const night = Date.UTC(2023, 0, 1, chance.integer(15, 23), 30) + day * dayMilliseconds;
    const morning = Date.UTC(2023, 0, 1, 6, 5) + day * dayMilliseconds;
    const near = chance.integer(0, 30) + (day % 7 === 0 ? 10 : 0);
    const length = chance.chance(0.8) ? chance.integer(1, 12) : 0;
    const began = [
      ...Array.from({ length: day % 20 === 3 ? 10 : 0 }, (__, place) => morning + place * 240_000),
      ...Array.from({ length }, (__, place) => night + place * 240_000),
    ];
    return began.map((start) => {
      const ended = new Date(start + 240_000).toISOString().slice(0, 19).replace("T", " ");
      const title = near + chance.integer(11, 20);
      return trackRow(ended, chance.chance(0.1) ? "Bo - Unknown" : `Ann - ${title}`, {
        ms_played: chance.chance(0.1) ? 5000 : 240_000,
        incognito: chance.chance(0.02),
      });
    });
  });
}

test("four months of chance are as another hand works them out", async (context) => {
  const life = await newLife(context, "Europe/Berlin", models);
  const chance = prng("diagnostic");
  await life.land(
    catalogueFile(songsOf(chance)),
    extendedFile("Streaming_History_Audio_2023.json", nightsOf(chance.fork("nights"))),
  );
  await life.build("+tag:diagnostic");
  const expected = await recomputeDiagnostics(life.query);
  for (const table of expected.keys()) {
    await context.test(table, () => assertDiagnostic(table, expected, life.query));
  }

  await context.test("with hours judged and hours not", async () => {
    const [hours] = await life.query(`select count(*) filter (valence_verdict is null) > 0 as too_few,
      count(*) filter (valence_difference is not null and valence_verdict is null) > 0 as too_few_days,
      count(valence_verdict) > 2 as judged from gold.mood_time_correlations`);
    assert.deepEqual(hours, { too_few: true, too_few_days: true, judged: true });
  });
});

test("a day's weights are Poisson numbers with mean 1 and variance 1", () => {
  const weights = Array.from({ length: 365 }, (_, index) => weightsOf(dayAfter(index))).flat();
  const average = mean(weights);
  const variance = mean(weights.map((weight) => (weight - average) ** 2));
  // 73,000 numbers: standard errors 0.004 and 0.006.
  assert.ok(Math.abs(average - 1) < 0.015, `mean ${average}`);
  assert.ok(Math.abs(variance - 1) < 0.025, `variance ${variance}`);
  // By md5sum, "2024-03-04|1" gives a59526ca af76a799 85c9362d f8eff265, and "2024-03-04|2" begins with 9332edad: of 1
  // 0.65, 0.69, 0.52, 0.97 and 0.58.
  assert.deepEqual(weightsOf("2024-03-04").slice(0, 5), [1, 1, 1, 3, 1]);
});

test("intervals hold a difference of 0 in about 95 of 100 lives without one", () => {
  const chance = prng("coverage");
  const days = Array.from({ length: 60 }, (_, index) => dayAfter(index));
  const lives = Array.from({ length: 400 }, () =>
    compareInside(
      days.flatMap((day, index) => {
        const mood = chance.normal(0.5, 0.12);
        const plays = Array.from({ length: chance.integer(1, 8) }, () => chance.normal(mood, 0.2));
        return plays.map((value) => ({ day, value, isInside: index % 3 === 0 }));
      }),
    ),
  );
  const held = lives.filter(({ low, high }) => low !== null && high !== null && low <= 0 && high >= 0).length;
  const rejected = lives.filter(({ pValue }) => pValue !== null && pValue <= 0.05).length;
  assert.ok(held >= 360 && held <= 392, `${held} of 400 intervals hold 0`);
  assert.ok(rejected >= 8 && rejected <= 36, `${rejected} of 400 p-values are at most 0.05`);
});

test("p-values are those of the tables, and Holm's correction that of his example", () => {
  for (const [t, freedom, p] of [
    [2.262, 9, 0.05],
    [3.25, 9, 0.01],
    [2.045, 29, 0.05],
    [3.659, 29, 0.001],
  ] as const) {
    assert.ok(Math.abs(studentP(t, freedom) - p) < 0.0005 * p + 0.00002, `t ${t}, ${freedom} degrees of freedom`);
  }
  // Four comparisons and one that is none: 4 · 0.01, 3 · 0.02, 2 · 0.03 and 1 · 0.04 raised to 0.06.
  assert.deepEqual(
    holm([0.03, null, 0.01, 0.04, 0.02]).map((p) => p?.toFixed(4)),
    ["0.0600", undefined, "0.0400", "0.0600", "0.0600"],
  );
});
