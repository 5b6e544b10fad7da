import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["silver", "gold/descriptive"];

/** 92 plays of 200 seconds, begun every four minutes from 08:00, uploaded at one moment the day after in any order. */
const offlineBatch: readonly BronzeRow[] = Array.from({ length: 92 }, (_, index) => {
  const place = (index * 37) % 92;
  // After the 46th the listener paused for an hour.
  const minutes = 4 * place + (place >= 46 ? 60 : 0);
  return trackRow("2024-06-10 20:00:00", `Ann - Offline ${String(place).padStart(2, "0")}`, {
    ms_played: 200_000,
    offline: true,
    offline_at: new Date(Date.UTC(2024, 5, 9, 8, minutes)).toISOString().slice(0, 19).replace("T", " "),
  });
});

test("an offline batch of 92 plays uploaded at one moment", async (context) => {
  const life = await newLife(context, "UTC", models);
  const unsound = { ms_played: 100_000, offline: true };
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      ...offlineBatch,
      // Moments that cannot be the start: after the upload, half a year before it, none.
      trackRow("2024-06-20 12:00:00", "Bo - Late", { ...unsound, offline_at: "2024-06-20 12:00:30" }),
      trackRow("2024-06-21 12:00:00", "Bo - Early", { ...unsound, offline_at: "2024-01-01 00:00:00" }),
      trackRow("2024-06-22 12:00:00", "Bo - Never", unsound),
      // Between the starts of the batch, heard online on another device.
      trackRow("2024-06-09 08:10:00", "Bo - Online"),
    ]),
  );
  await life.build();

  await context.test("is ordered by its offline moments and not clamped", async () => {
    const rows = await life.query(`select track_name, strftime(started_at, '%d %H:%M:%S') as started,
      epoch_ms(stopped_at - started_at) as ms, is_offline_batch from silver.plays
      where track_name like 'Offline%' order by started_at`);
    const expected = Array.from({ length: 92 }, (_, place) => {
      const minutes = 8 * 60 + 4 * place + (place >= 46 ? 60 : 0);
      const clock = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
      return {
        track_name: `Offline ${String(place).padStart(2, "0")}`,
        started: `09 ${clock}:00`,
        ms: 200_000,
        is_offline_batch: true,
      };
    });
    assert.deepEqual(rows, expected);
  });

  await context.test("makes the two sessions that it was", async () => {
    assert.deepEqual(
      await life.query(`select strftime(started_at, '%H:%M:%S') as started, strftime(stopped_at, '%H:%M:%S') as stopped,
        play_count from silver.sessions where started_at < '2024-06-10' order by started_at`),
      [
        // 46 plays from 08:00 to 11:00 and the one heard online; 46 from 12:04 to 15:04.
        { started: "08:00:00", stopped: "11:03:20", play_count: 47 },
        { started: "12:04:00", stopped: "15:07:20", play_count: 46 },
      ],
    );
  });

  await context.test("counts back from the upload where the offline moment is not sane", async () => {
    assert.deepEqual(
      await life.query(`select track_name, strftime(started_at, '%d %H:%M:%S') as started from silver.plays
        where track_name in ('Late', 'Early', 'Never') order by started_at`),
      [
        { track_name: "Late", started: "20 11:58:20" },
        { track_name: "Early", started: "21 11:58:20" },
        { track_name: "Never", started: "22 11:58:20" },
      ],
    );
  });
});

test("local hours and dates in Berlin", async (context) => {
  const life = await newLife(context, "Europe/Berlin", models);
  const ended = (end: string, name: string, more: BronzeRow = {}) => trackRow(end, `Ann - ${name}`, more);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      // The clock went from 02:00 to 03:00 at 01:00 UTC.
      ended("2024-03-31 00:59:00", "before spring forward"),
      ended("2024-03-31 01:10:00", "after spring forward"),
      ended("2024-03-31 22:02:00", "end of the short day"),
      // It went from 03:00 back to 02:00 at 01:00 UTC.
      ended("2024-10-26 22:33:00", "begin of the long day"),
      ended("2024-10-27 00:33:00", "first half past two"),
      ended("2024-10-27 01:33:00", "second half past two"),
      ended("2024-10-27 22:59:00", "end of the long day"),
      // In New York it was 23:00 of the day before.
      ended("2024-07-02 03:03:00", "abroad", { country: "US" }),
    ]),
  );
  await life.build();

  await context.test("follow the clock by the instant of the start, in one zone for the whole life", async () => {
    const rows = await life.query(`select track_name, listening_date::varchar as date, hour_of_day, day_name, country,
      strftime(plays.started_at, '%d %H:%M') as started
      from silver.listening_with_features inner join silver.plays using (play_id, track_name)
      order by plays.started_at`);
    const row = (name: string, started: string, local: string) => {
      const [date = "", hour = "", day = "", country = "DE"] = local.split(" ");
      return { track_name: name, date: `2024-${date}`, hour_of_day: Number(hour), day_name: day, country, started };
    };
    assert.deepEqual(rows, [
      row("before spring forward", "31 00:56", "03-31 1 Sunday"),
      row("after spring forward", "31 01:07", "03-31 3 Sunday"),
      row("end of the short day", "31 21:59", "03-31 23 Sunday"),
      row("abroad", "02 03:00", "07-02 5 Tuesday US"),
      row("begin of the long day", "26 22:30", "10-27 0 Sunday"),
      row("first half past two", "27 00:30", "10-27 2 Sunday"),
      row("second half past two", "27 01:30", "10-27 2 Sunday"),
      row("end of the long day", "27 22:56", "10-27 23 Sunday"),
    ]);
  });

  await context.test("add up by hour and by date", async () => {
    assert.deepEqual(
      await life.query(`select date::varchar as date, total_plays, minutes_played, weekend_plays
        from gold.temporal_trends where total_plays > 0`),
      [
        { date: "2024-03-31", total_plays: 3, minutes_played: 9, weekend_plays: 3 },
        { date: "2024-07-02", total_plays: 1, minutes_played: 3, weekend_plays: 0 },
        { date: "2024-10-27", total_plays: 4, minutes_played: 12, weekend_plays: 4 },
      ],
    );
    // 31 March to 27 October, the clock changes notwithstanding.
    assert.deepEqual(await life.query("select count(*) as days from gold.temporal_trends"), [{ days: 211 }]);
    assert.deepEqual(
      await life.query(`select day_of_week, hour_of_day, play_count from gold.listening_patterns_by_time`),
      [
        { day_of_week: 1, hour_of_day: 0, play_count: 1 },
        { day_of_week: 1, hour_of_day: 1, play_count: 1 },
        { day_of_week: 1, hour_of_day: 2, play_count: 2 },
        { day_of_week: 1, hour_of_day: 3, play_count: 1 },
        { day_of_week: 1, hour_of_day: 23, play_count: 2 },
        { day_of_week: 3, hour_of_day: 5, play_count: 1 },
      ],
    );
  });
});

test("plays that overlap, last no time or carry no id", async (context) => {
  const life = await newLife(context, "UTC", models);
  const local = { track_id: null, album_name: null };
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      trackRow("2024-05-01 10:00:00", "Ann - One"),
      // Its length reaches back a minute into the one before.
      trackRow("2024-05-01 10:01:00", "Ann - Two", { ms_played: 120_000 }),
      trackRow("2024-05-01 10:01:05", "Ann - Three", { ms_played: 0, reason_end: "fwdbtn" }),
      trackRow("2024-05-01 10:05:00", "Ann - One", local),
      trackRow("2024-05-01 10:09:00", "Own Band - Demo Tape", local),
      trackRow("2024-05-01 10:13:00", "Own Band - Demo Tape", { ...local, track_name: "demo tape" }),
      trackRow("2024-05-01 10:17:00", "", { ...local, track_name: null, artist_name: null }),
    ]),
    // In one minute the longest was first, as only one of them can have begun before it.
    accountFile("StreamingHistory_music_0.json", [
      accountRow("2024-05-02 10:00", "Ann - Two", 20_000),
      accountRow("2024-05-02 10:00", "Ann - One", 180_000),
      accountRow("2024-05-02 10:00", "Ann - Three", 0),
      accountRow("2024-05-02 10:02", "Ann - Four", 150_000),
    ]),
  );
  await life.build();

  await context.test("start when the one before had ended, and never after their end", async () => {
    assert.deepEqual(
      await life.query(`select track_name, strftime(started_at, '%d %H:%M:%S') as started,
        strftime(stopped_at, '%H:%M:%S') as stopped, is_stream, is_skipped
        from silver.plays where source_kind = 'account' or ended_at < '2024-05-01 10:02:00'
        order by ended_at, ms_played desc`),
      [
        { track_name: "One", started: "01 09:57:00", stopped: "10:00:00", is_stream: true, is_skipped: false },
        { track_name: "Two", started: "01 10:00:00", stopped: "10:01:00", is_stream: true, is_skipped: false },
        { track_name: "Three", started: "01 10:01:05", stopped: "10:01:05", is_stream: false, is_skipped: true },
        { track_name: "One", started: "02 09:57:00", stopped: "10:00:00", is_stream: true, is_skipped: null },
        { track_name: "Two", started: "02 10:00:00", stopped: "10:00:00", is_stream: false, is_skipped: null },
        { track_name: "Three", started: "02 10:00:00", stopped: "10:00:00", is_stream: false, is_skipped: null },
        { track_name: "Four", started: "02 10:00:00", stopped: "10:02:00", is_stream: true, is_skipped: null },
      ],
    );
  });

  await context.test("keep what was played in minutes, whatever was clamped", async () => {
    // Five times 3 minutes and once 2 on the first day, 3 and 2.5 on the second.
    assert.deepEqual(
      await life.query("select date::varchar as date, total_plays, minutes_played from gold.temporal_trends"),
      [
        { date: "2024-05-01", total_plays: 6, minutes_played: 17 },
        { date: "2024-05-02", total_plays: 2, minutes_played: 5.5 },
      ],
    );
  });

  await context.test("meet by their names where they have no id", async () => {
    assert.deepEqual(
      await life.query("select song_name, track_id, play_count from silver.songs order by lower(song_name)"),
      [
        // Of two spellings heard once each the later names the song.
        { song_name: "demo tape", track_id: null, play_count: 2 },
        { song_name: "Four", track_id: null, play_count: 1 },
        { song_name: "One", track_id: "AnnOne0000000000000000", play_count: 3 },
        { song_name: "Three", track_id: "AnnThree00000000000000", play_count: 2 },
        { song_name: "Two", track_id: "AnnTwo0000000000000000", play_count: 2 },
      ],
    );
    assert.deepEqual(
      await life.query("select count(*) as plays from silver.plays where media_type = 'track' and song_id is null"),
      [{ plays: 1 }],
    );
  });
});
