import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/descriptive", "top_shows"];

test("days that no source covers are unknown, not 0", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    accountFile("2020_music_0.json", [
      accountRow("2020-01-01 12:00", "Ann - One"),
      accountRow("2020-01-10 12:00", "Ann - One"),
    ]),
    accountFile("2020_music_1.json", [
      accountRow("2020-01-10 12:00", "Ann - Two"),
      accountRow("2020-01-12 12:00", "Ann - Two"),
    ]),
    accountFile("2022_music_0.json", [
      accountRow("2022-03-01 12:00", "Ann - Three"),
      accountRow("2022-06-30 12:00", "Ann - Four"),
    ]),
  );
  await life.build("+tag:descriptive", "+top_shows");

  await context.test("between two account exports", async () => {
    assert.deepEqual(
      await life.query(`select min(covered_date)::varchar as first, max(covered_date)::varchar as last,
        count(*) as days, count(*) filter (is_complete) as complete from silver.covered_days group by year(covered_date)
        order by first`),
      [
        { first: "2020-01-01", last: "2020-01-12", days: 12, complete: 10 },
        // March to June has 122 days.
        { first: "2022-03-01", last: "2022-06-30", days: 122, complete: 120 },
      ],
    );
    assert.deepEqual(
      await life.query(`select date::varchar as date, total_plays, minutes_played, is_complete, new_tracks
        from gold.temporal_trends
        where date in ('2020-01-11', '2020-01-12', '2020-01-13', '2022-02-28', '2022-03-01', '2022-05-29', '2022-06-30')`),
      [
        { date: "2020-01-11", total_plays: 0, minutes_played: 0, is_complete: true, new_tracks: null },
        { date: "2020-01-12", total_plays: 1, minutes_played: 3, is_complete: false, new_tracks: null },
        { date: "2020-01-13", total_plays: null, minutes_played: null, is_complete: null, new_tracks: null },
        { date: "2022-02-28", total_plays: null, minutes_played: null, is_complete: null, new_tracks: null },
        // A record that begins anew: what seems new in its first 90 days may be old.
        { date: "2022-03-01", total_plays: 1, minutes_played: 3, is_complete: false, new_tracks: null },
        { date: "2022-05-29", total_plays: 0, minutes_played: 0, is_complete: true, new_tracks: null },
        { date: "2022-06-30", total_plays: 1, minutes_played: 3, is_complete: false, new_tracks: 1 },
      ],
    );
  });

  await context.test("but between the files of an extended history, unless one is missing", async () => {
    await life.land(
      extendedFile("Streaming_History_Audio_2023_0.json", [
        trackRow("2023-01-01 12:00:00", "Bo - One"),
        trackRow("2023-02-01 12:00:00", "Bo - One"),
      ]),
      // 30 days without a play, then a month's file that did not land.
      extendedFile("Streaming_History_Audio_2023_1.json", [trackRow("2023-03-04 12:00:00", "Bo - One")]),
      extendedFile("Streaming_History_Audio_2023_3.json", [trackRow("2023-04-05 12:00:00", "Bo - One")]),
    );
    await life.build("+tag:descriptive", "+top_shows");
    assert.deepEqual(
      await life.query(`select min(date)::varchar as first, max(date)::varchar as last, count(*) as days
        from gold.temporal_trends where year(date) = 2023 and total_plays is null`),
      [{ first: "2023-03-05", last: "2023-04-04", days: 31 }],
    );
    assert.deepEqual(
      await life.query(`select covered_date::varchar as date from silver.covered_days
        where source_kind = 'extended' and not is_complete order by date`),
      [{ date: "2023-03-04" }, { date: "2023-04-05" }],
    );
  });
});

test("top_shows", async (context) => {
  const life = await newLife(context, "UTC", models);
  const spoken = (end: string, minutes: number, names: BronzeRow): BronzeRow => ({
    ended_at: end,
    ms_played: minutes * 60_000,
    media_type: "episode",
    ...names,
  });
  const episode = (end: string, minutes: number, [show, name]: readonly [string | null, string]): BronzeRow =>
    spoken(end, minutes, { show_name: show, episode_name: name, episode_id: trackId(`${show} ${name}`.toLowerCase()) });
  const book = { media_type: "audiobook", audiobook_title: "The Book" };
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      episode("2024-05-01 10:00:00", 10, ["News", "Monday"]),
      episode("2024-05-02 10:00:00", 10, ["News", "Tuesday"]),
      episode("2024-05-03 10:00:00", 5, ["NEWS", "Monday"]),
      episode("2024-05-04 10:00:00", 0.4, ["News", "Wednesday"]),
      episode("2024-05-05 10:00:00", 60, ["White Noise", "All night"]),
      episode("2024-05-06 10:00:00", 90, [null, "Nameless"]),
      { ...episode("2024-05-07 10:00:00", 30, ["Secret", "One"]), incognito: true },
      spoken("2024-05-08 10:00:00", 20, { ...book, chapter_title: "I", chapter_id: trackId("I") }),
      trackRow("2024-05-09 10:00:00", "Ann - One"),
    ]),
    accountFile("StreamingHistory_podcast_0.json", [
      spoken("2024-06-01 10:00:00", 10, { show_name: "News", episode_name: "Tuesday" }),
      spoken("2024-06-02 10:00:00", 10, { show_name: "News", episode_name: "Friday" }),
    ]),
    accountFile("StreamingHistory_audiobook_0.json", [
      spoken("2024-06-03 10:00:00", 25, { ...book, chapter_title: "II", author_name: "A. Writer" }),
    ]),
  );
  await life.build("+tag:descriptive", "+top_shows");
  const shows = () =>
    life.query(`select media_type, show_name, author_name, rank_in_media_type as rank, play_count, minutes_played,
      episodes, strftime(first_started_at, '%d %H:%M') as first, strftime(last_started_at, '%d %H:%M') as last
      from gold.top_shows`);
  const podcast = (show: string | null, rank: number | null, [plays, minutes]: readonly [number, number]) => ({
    media_type: "episode",
    show_name: show,
    author_name: null,
    rank,
    play_count: plays,
    minutes_played: minutes,
  });
  // Monday, Tuesday and Friday: a play under 30 seconds is none, and a name meets the id it has elsewhere.
  const news = { ...podcast("News", 2, [5, 45]), episodes: 3, first: "01 09:50", last: "02 09:50" };
  const nameless = { ...podcast(null, null, [1, 90]), episodes: 1, first: "06 08:30", last: "06 08:30" };
  const theBook = {
    media_type: "audiobook",
    show_name: "The Book",
    author_name: "A. Writer",
    rank: 1,
    play_count: 2,
    minutes_played: 45,
    episodes: 2,
    first: "08 09:40",
    last: "03 09:35",
  };

  await context.test("ranks podcasts and audiobooks by minutes, in reading order", async () => {
    const noise = { ...podcast("White Noise", 1, [1, 60]), episodes: 1, first: "05 09:00", last: "05 09:00" };
    assert.deepEqual(await shows(), [noise, news, nameless, theBook]);
  });

  await context.test("leaves out what seed exclusions name", async () => {
    await life.exclude(
      "artist,white noise,,,,sleep",
      "artist,the book,,2024-06-03,,",
      "period,,,2024-05-06,2024-05-06,",
    );
    await life.build("+tag:descriptive", "+top_shows");
    assert.deepEqual(await shows(), [
      { ...news, rank: 1 },
      { ...theBook, author_name: null, play_count: 1, minutes_played: 20, episodes: 1, last: "08 09:40" },
    ]);
  });
});
