import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { accountFile, type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { accountRow, type Life, newLife, trackRow } from "../../support/life.ts";
import { rowsAsLines } from "../../support/rows-as-lines.ts";

/** All of the project that is looked at here. */
const models = ["gold/listening"];

/** Two whole years, a hole of half a year, then four days: all streams of three minutes around noon. */
async function landFiveHalfYears(life: Life): Promise<void> {
  const noon = (day: string, names: string, more: BronzeRow = {}) => trackRow(`${day} 12:00:00`, names, more);
  await life.land(
    extendedFile("Streaming_History_Audio_2021-2022.json", [
      noon("2021-01-01", "Ann - One"),
      noon("2021-01-02", "Ann - One"),
      noon("2021-01-04", "Ann - One"),
      noon("2021-04-15", "Bo - Two"),
      noon("2021-04-16", "Bo - Two"),
      noon("2021-04-16", "Ann - Three", { ended_at: "2021-04-16 12:03:00" }),
      noon("2021-05-01", "Ann - One"),
      noon("2021-05-01", "Cy - Four", { ended_at: "2021-05-01 12:03:00" }),
      // A skip is no stream.
      noon("2021-05-01", "Cy - Five", { ended_at: "2021-05-01 12:03:10", ms_played: 10_000, reason_end: "fwdbtn" }),
      noon("2022-12-30", "Ann - One"),
      noon("2022-12-31", "Ann - One"),
      noon("2022-12-31", "Ann - One", { ended_at: "2022-12-31 12:03:00" }),
    ]),
    accountFile("StreamingHistory_music_0.json", [
      accountRow("2023-06-10 12:00", "Ann - One"),
      accountRow("2023-06-12 12:00", "Di - Six"),
    ]),
    accountFile("StreamingHistory_podcast_0.json", [
      {
        ended_at: "2023-06-13 12:00:00",
        ms_played: 60_000,
        media_type: "episode",
        show_name: "News",
        episode_name: "I",
      },
    ]),
  );
  const thresholds = "threshold,value,description\nloyalty_min_streams,2,For this life\n";
  await writeFile(join(life.root, "seeds/listening_thresholds.csv"), thresholds);
  await life.build("+tag:listening");
}

test("listening by day, month and year", async (context) => {
  const life = await newLife(context, "UTC", models);
  await landFiveHalfYears(life);
  const lines = async (sql: string) => rowsAsLines(await life.query(sql));

  await context.test("the calendar has every day: covered ones with 0, others with null", async () => {
    assert.deepEqual(
      await lines(`select count(*) as days, count(stream_count) as covered, min(date)::varchar as first_date,
        max(date)::varchar as last_date from gold.listening_calendar`),
      // 2 · 365 days and the 164 from 2023-01-01 to 2023-06-13, of which 160 are not covered.
      ["894 | 734 | 2021-01-01 | 2023-06-13"],
    );
    assert.deepEqual(
      await lines(`select date::varchar as date, listening_year, iso_year, iso_week, day_of_week, day_name, is_weekend,
        is_complete, stream_count, minutes_played, plays_without_ms, distinct_artists, distinct_songs
        from gold.listening_calendar where date in
        ('2021-01-01', '2021-01-03', '2021-05-01', '2022-12-31', '2023-01-01', '2023-06-12', '2023-06-13')`),
      [
        "2021-01-01 | 2021 | 2020 | 53 | 6 | Friday | false | true | 1 | 3 | 0 | 1 | 1",
        "2021-01-03 | 2021 | 2020 | 53 | 1 | Sunday | true | true | 0 | 0 | 0 | 0 | 0",
        "2021-05-01 | 2021 | 2021 | 17 | 7 | Saturday | true | true | 2 | 6 | 0 | 2 | 2",
        "2022-12-31 | 2022 | 2022 | 52 | 7 | Saturday | true | false | 2 | 6 | 0 | 1 | 1",
        "2023-01-01 | 2023 | 2022 | 52 | 1 | Sunday | true | – | – | – | – | – | –",
        "2023-06-12 | 2023 | 2023 | 24 | 2 | Monday | false | true | 1 | 3 | 0 | 1 | 1",
        "2023-06-13 | 2023 | 2023 | 24 | 3 | Tuesday | false | false | 0 | 0 | 0 | 0 | 0",
      ],
    );
  });

  await context.test("streaks end where a day is silent, and at uncovered days with unknown ends", async () => {
    assert.deepEqual(
      await lines(`select rank_by_days, first_date::varchar as first_date, last_date::varchar as last_date, days,
        stream_count, minutes_played, plays_without_ms, is_start_known, is_end_known, is_current from gold.streaks`),
      [
        // Ends with the record; equal to the next in all but the date.
        "1 | 2022-12-30 | 2022-12-31 | 2 | 3 | 9 | 0 | true | false | false",
        "2 | 2021-04-15 | 2021-04-16 | 2 | 3 | 9 | 0 | true | true | false",
        "3 | 2021-01-01 | 2021-01-02 | 2 | 2 | 6 | 0 | false | true | false",
        "4 | 2021-05-01 | 2021-05-01 | 1 | 2 | 6 | 0 | true | true | false",
        // The day after is the last one and not known whole: it may go on.
        "5 | 2023-06-12 | 2023-06-12 | 1 | 1 | 3 | 0 | true | false | true",
        "6 | 2023-06-10 | 2023-06-10 | 1 | 1 | 3 | 0 | false | true | false",
        "7 | 2021-01-04 | 2021-01-04 | 1 | 1 | 3 | 0 | true | true | false",
      ],
    );
  });

  await context.test("nothing is new in months that touch the first 90 days of a record", async () => {
    assert.deepEqual(
      await lines(`select strftime(listening_month, '%Y-%m') as month, covered_days, is_partial, stream_count,
        minutes_played, distinct_artists, distinct_songs, new_artists, new_songs, new_song_streams, new_song_percentage
        from gold.discovery
        where listening_month in ('2021-01-01', '2021-03-01', '2021-04-01', '2021-05-01', '2021-06-01', '2022-12-01',
          '2023-05-01', '2023-06-01')`),
      [
        "2021-01 | 31 | false | 3 | 9 | 1 | 1 | – | – | – | –",
        "2021-03 | 31 | false | 0 | 0 | 0 | 0 | – | – | – | –",
        // The 90 days from 2021-01-01 on end with March. Bo is new, and Two and Three.
        "2021-04 | 30 | false | 3 | 9 | 2 | 2 | 1 | 2 | 3 | 100",
        "2021-05 | 31 | false | 2 | 6 | 2 | 2 | 1 | 1 | 1 | 50",
        "2021-06 | 30 | false | 0 | 0 | 0 | 0 | 0 | 0 | 0 | –",
        "2022-12 | 31 | false | 3 | 9 | 1 | 1 | 0 | 0 | 0 | 0",
        "2023-05 | 0 | true | – | – | – | – | – | – | – | –",
        // A record that begins anew.
        "2023-06 | 4 | true | 2 | 6 | 2 | 2 | – | – | – | –",
      ],
    );
    assert.deepEqual(await life.query("select count(*) as months from gold.discovery"), [{ months: 30 }]);
  });

  await context.test("a year has its figures, and a change only between whole years", async () => {
    assert.deepEqual(
      await lines(`select listening_year, is_partial, covered_days, active_days, stream_count, minutes_played,
        minutes_per_covered_day, minutes_change_percentage, distinct_artists, distinct_songs, distinct_albums,
        new_artists, new_songs from gold.yearly_review`),
      [
        // 24 minutes / 365 days.
        "2021 | false | 365 | 6 | 8 | 24 | 0.07 | – | 3 | 4 | 4 | – | –",
        // 9 / 24 is 62.5 % less.
        "2022 | false | 365 | 2 | 3 | 9 | 0.02 | -62.5 | 1 | 1 | 1 | 0 | 0",
        // Account data names no album; of One the extended history does.
        "2023 | true | 4 | 2 | 2 | 6 | 1.5 | – | 2 | 2 | 1 | – | –",
      ],
    );
    assert.deepEqual(
      await lines(`select listening_year, top_artist_name, top_song_name, top_song_artist_name, top_album_name,
        top_album_artist_name, busiest_date::varchar as busiest_date, busiest_date_minutes, session_count, play_count,
        plays_with_skip_known, skip_count, skip_percentage from gold.yearly_review`),
      [
        "2021 | Ann | One | Ann | One and more | Ann | 2021-05-01 | 6 | 6 | 9 | 9 | 1 | 11.11",
        "2022 | Ann | One | Ann | One and more | Ann | 2022-12-31 | 6 | 2 | 3 | 3 | 0 | 0",
        // Equal minutes and streams: the later one. The third session is the podcast's.
        "2023 | Di | Six | Di | One and more | Ann | 2023-06-12 | 3 | 3 | 2 | 0 | 0 | –",
      ],
    );
  });

  await context.test("loyalty counts absences in covered days", async () => {
    assert.deepEqual(
      await lines(`select artist_name, stream_count, minutes_played, first_date::varchar as first_date, is_first_known,
        last_date::varchar as last_date, active_days, active_months, active_years, longest_absence_days,
        longest_absence_after::varchar as after, days_since_last, best_year, best_year_streams, best_year_percentage
        from gold.artist_loyalty`),
      [
        // 2021-05-01 to 2022-12-30 are 608 days; 5 of 9 streams in 2021; 3 days after 2023-06-10.
        "Ann | 9 | 27 | 2021-01-01 | false | 2023-06-10 | 8 | 5 | 3 | 607 | 2021-05-01 | 3 | 2021 | 5 | 55.56",
        // 259 days of 2021 after April 16, 365 of 2022, 4 of 2023.
        "Bo | 2 | 6 | 2021-04-15 | true | 2021-04-16 | 2 | 1 | 1 | 0 | – | 628 | 2021 | 2 | 100",
      ],
    );
  });
});

test("a hole of a whole year is a row of unknowns", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    accountFile("2020_music_0.json", [accountRow("2020-06-01 12:00", "Ann - One")]),
    accountFile("2022_music_0.json", [accountRow("2022-06-01 12:00", "Ann - One")]),
  );
  await life.build("+tag:listening");
  assert.deepEqual(
    rowsAsLines(
      await life.query(`select listening_year, is_partial, covered_days, active_days, stream_count, minutes_played,
        distinct_songs, new_songs, top_song_name, session_count, play_count, skip_percentage from gold.yearly_review`),
    ),
    [
      "2020 | true | 1 | 1 | 1 | 3 | 1 | – | One | 1 | 1 | –",
      "2021 | true | 0 | – | – | – | – | – | – | – | – | –",
      "2022 | true | 1 | 1 | 1 | 3 | 1 | – | One | 1 | 1 | –",
    ],
  );
  // 2021 lies between: the rank in 2020 is not that of the year before.
  assert.deepEqual(
    rowsAsLines(await life.query("select listening_year, previous_rank_by_minutes from gold.top_songs_by_year")),
    ["2020 | –", "2022 | –"],
  );
});
