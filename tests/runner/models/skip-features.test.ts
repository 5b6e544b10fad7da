import assert from "node:assert/strict";
import { test } from "node:test";

import type { Row } from "../../../runner/warehouse/cells.ts";
import { type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { catalogueOf } from "../../support/catalogue-of.ts";
import { type Life, newLife, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["skip_features", "session_mood_estimates", "session_valence_regression"];

const skipped = { ms_played: 10_000, reason_end: "fwdbtn" };
const finished = { ms_played: 180_000, reason_end: "trackdone" };
const unknown = { ms_played: 20_000, reason_end: "logout" };

/** One session of six plays, then two plays that were uploaded at one moment. */
const plays: readonly (readonly [endedAt: string, names: string, more: BronzeRow])[] = [
  ["2024-05-01 10:03:00", "Ann - One", finished],
  ["2024-05-01 10:06:00", "Ann - Two", { ...skipped, reason_start: "clickrow" }],
  ["2024-05-01 10:09:00", "Bob - Other", { ...unknown, shuffle: true }],
  ["2024-05-01 10:12:00", "Ann - One", skipped],
  ["2024-05-01 10:15:00", "Ann - One", finished],
  ["2024-05-04 23:50:00", "Ann - Two", finished],
];

const asked = "select * exclude (song_id, row_id) from gold.skip_features where not is_next order by ended_at";

async function landed(life: Life, rows: readonly BronzeRow[]): Promise<readonly Row[]> {
  await life.land(extendedFile("Streaming_History_Audio_2024.json", rows));
  await life.build("+skip_features");
  return life.query(asked);
}

function without(row: Row, ...names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}

const before = {
  is_next: false,
  is_shuffle: false,
  reason_start: "trackdone",
  listening_day: "2024-05-01",
  hour_of_day: 10,
  day_of_week: 4,
};

test("skip_features say what was known before a play began", async (context) => {
  const life = await newLife(context, "UTC", models);
  const rows = await landed(
    life,
    plays.map(([endedAt, names, more]) => trackRow(endedAt, names, more)),
  );

  await context.test("of the song, its artist and album, and the plays before", () => {
    const [first, , third, fourth, fifth, sixth] = rows.map((row) => without(row, "ended_at", "platform_family"));
    const nothing = { is_same_song: null, is_same_artist: null, is_same_album: null, was_last_skipped: null };
    const noRates = { skip_rate_3: null, skip_rate_10: null, skip_rate_50: null, skip_rate_500: null };
    const noHistory = { song_play_count: 0, artist_play_count: 0, days_since_song: null };
    const noOwn = { song_skip_rate: null, artist_skip_rate: null, album_skip_rate: null };
    assert.deepEqual(first, { ...before, is_skipped: false, ...nothing, ...noRates, ...noHistory, ...noOwn });
    const half = { skip_rate_3: 0.5, skip_rate_10: 0.5, skip_rate_50: 0.5, skip_rate_500: 0.5 };
    const other = { is_same_song: false, is_same_artist: false, is_same_album: false };
    assert.deepEqual(third, {
      ...before,
      is_shuffle: true,
      is_skipped: null,
      ...other,
      was_last_skipped: true,
      ...half,
      ...noHistory,
      ...noOwn,
    });
    // The play whose skip is not known counts as a play, and not as a skip.
    assert.deepEqual(fourth, {
      ...before,
      is_skipped: true,
      ...other,
      was_last_skipped: true,
      ...half,
      song_play_count: 1,
      artist_play_count: 2,
      days_since_song: 0,
      song_skip_rate: 0,
      artist_skip_rate: 0.5,
      album_skip_rate: 0,
    });
    assert.deepEqual(
      [fifth?.["is_same_song"], fifth?.["song_skip_rate"], fifth?.["skip_rate_3"], fifth?.["was_last_skipped"]],
      [true, 0.5, 1, true],
    );
    assert.deepEqual(
      [sixth?.["days_since_song"], sixth?.["artist_skip_rate"], sixth?.["song_skip_rate"], sixth?.["hour_of_day"]],
      [3, 0.5, 1, 23],
    );
  });

  await context.test("the next play of each song knows them all", async () => {
    const next = await life.query(`select song_play_count::int as plays, round(song_skip_rate, 3)::double as rate,
        reason_start, round(skip_rate_10, 3)::double as recent, was_last_skipped, listening_day
      from gold.skip_features where is_next order by plays desc, rate`);
    const shared = { reason_start: "trackdone", recent: 0.4, was_last_skipped: false, listening_day: "2024-05-05" };
    assert.deepEqual(next, [
      { plays: 3, rate: 0.333, ...shared },
      { plays: 2, rate: 0.5, ...shared },
      { plays: 1, rate: null, ...shared },
    ]);
  });
});

test("how a play ended changes nothing of what is known before it, its inferred start included", async (context) => {
  const others = plays.slice(0, -1).map(([endedAt, names, more]) => trackRow(endedAt, names, more));
  const outcomes = await Promise.all(
    [skipped, finished, unknown].map(async (more) => {
      const life = await newLife(context, "UTC", models);
      const rows = await landed(life, [...others, trackRow("2024-05-04 23:50:00", "Ann - Two", more)]);
      return rows.at(-1);
    }),
  );
  const known = outcomes.map((row = {}) => without(row, "is_skipped"));
  assert.deepEqual(
    outcomes.map((row) => row?.["is_skipped"]),
    [true, false, null],
  );
  assert.deepEqual(known[1], known[0]);
  assert.deepEqual(known[2], known[0]);
});

test("plays of one moment tell nothing of each other, and account data is left out", async (context) => {
  const life = await newLife(context, "UTC", models);
  const upload = { offline: true, ...skipped };
  const rows = await landed(life, [
    trackRow("2024-05-01 10:03:00", "Ann - One", finished),
    trackRow("2024-05-02 10:00:00", "Ann - One", upload),
    trackRow("2024-05-02 10:00:00", "Ann - Two", upload),
  ]);
  assert.deepEqual(
    rows.map((row) => [row["artist_play_count"], row["skip_rate_3"]]),
    [
      [0, null],
      [1, 0],
      [1, 0],
    ],
  );
});

test("session_moods follow a session, its repeats included", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      trackRow("2024-05-01 10:03:00", "Ann - Dark"),
      trackRow("2024-05-01 10:06:00", "Ann - Unknown"),
      trackRow("2024-05-01 10:09:00", "Ann - Bright"),
      trackRow("2024-05-01 10:12:00", "Ann - Bright"),
      trackRow("2024-05-02 10:03:00", "Ann - Bright"),
    ]),
    catalogueOf({ "Ann - Dark": { valence: 0.2, energy: 0.3 }, "Ann - Bright": { valence: 0.8, energy: 0.9 } }),
  );
  await life.build("+session_mood_estimates", "+session_valence_regression");
  const rows = await life.query(`select session_play_count::int as plays, round(session_valence, 4) as session,
      round(running_valence, 4) as running, next_valence as next from gold.session_moods order by started_at`);
  assert.deepEqual(rows, [
    { plays: 1, session: 0.2, running: 0.2, next: 0.8 },
    { plays: 2, session: 0.5, running: 0.5, next: 0.8 },
    { plays: 3, session: 0.6, running: 0.6, next: null },
    { plays: 1, session: 0.8, running: 0.65, next: null },
  ]);
  await context.test("the training set has the estimate, and no repeats", async () => {
    // (1 × 0.2 + 3 × 0.2) / 4; the play after the second is of the same song.
    assert.deepEqual(
      await life.query(
        "select round(session_valence_estimate, 4) as estimate, next_valence from training.session_valence_regression",
      ),
      [{ estimate: 0.2, next_valence: 0.8 }],
    );
  });
});
