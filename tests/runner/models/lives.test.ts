import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackId, trackRow } from "../../support/life.ts";

/** Evenings from 2024-03-01 on, `each` plays a day of three minutes one after the other from 20:00 on. */
function evenings(days: number, each: number): readonly { readonly ended: string; readonly names: string }[] {
  return Array.from({ length: days * each }, (_, index) => {
    const [day, place] = [Math.floor(index / each), index % each];
    const ended = new Date(Date.UTC(2024, 2, 1 + day, 20, 3 * (place + 1)));
    return { ended: ended.toISOString().slice(0, 19).replace("T", " "), names: `Ann - Song ${index % 8}` };
  });
}

test("a life of account data only, which the catalogue knows by name", async (context) => {
  const life = await newLife(context);
  await life.land(
    accountFile(
      "StreamingHistory_music_0.json",
      evenings(10, 4).map(({ ended, names }) => accountRow(ended, names)),
    ),
    catalogueFile([
      {
        line_number: 2,
        track_id: trackId("other id"),
        track_name: "Song 1",
        artists: "Ann;Bo",
        valence: 0.8,
        energy: 0.8,
      },
    ]),
  );
  await life.build();

  await context.test("has its plays, songs and sessions", async () => {
    const rows = await life.query(`select
      (select count(*) from silver.plays) as plays,
      (select count(*) from silver.plays where track_id is not null or song_id is null) as with_id_or_no_song,
      (select count(*) from silver.tracks) as tracks,
      (select count(*) from silver.songs) as songs,
      (select count(*) from silver.sessions) as sessions,
      (select sum(play_count)::int from gold.listening_patterns_by_time) as streams,
      (select sum(minutes_played) from gold.listening_patterns_by_time) as minutes`);
    // 40 plays of 8 songs on 10 evenings, three minutes each.
    assert.deepEqual(rows, [
      { plays: 40, with_id_or_no_song: 0, tracks: 0, songs: 8, sessions: 10, streams: 40, minutes: 120 },
    ]);
  });

  await context.test("has the moods of the songs that the catalogue names", async () => {
    assert.deepEqual(
      await life.query("select track_id, track_name, mood_category, play_count from gold.top_tracks_by_mood"),
      [{ track_id: null, track_name: "Song 1", mood_category: "Happy_Energetic", play_count: 5 }],
    );
    // The rest is estimated from the one song of Ann that the catalogue has.
    assert.deepEqual(
      await life.query("select feature_source, record_count, tracks from gold.feature_source_coverage"),
      [
        { feature_source: "artist", record_count: 35, tracks: 7 },
        { feature_source: "catalogue_name", record_count: 5, tracks: 1 },
      ],
    );
  });

  await context.test("does not know its first and last day whole", async () => {
    assert.deepEqual(
      await life.query(`select covered_date::varchar as date, is_complete from silver.covered_days
        where covered_date in ('2024-03-01', '2024-03-02', '2024-03-10') order by date`),
      [
        { date: "2024-03-01", is_complete: false },
        { date: "2024-03-02", is_complete: true },
        { date: "2024-03-10", is_complete: false },
      ],
    );
  });
});

test("a life of podcasts only has no streams of tracks and all of its shows", async (context) => {
  const life = await newLife(context);
  const episode = (day: number, show: string, name: string): BronzeRow => ({
    ended_at: `2024-03-0${day} 09:00:00`,
    ms_played: 1_800_000,
    media_type: "episode",
    episode_id: trackId(name),
    episode_name: name,
    show_name: show,
    reason_end: "trackdone",
  });
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      episode(1, "News", "Monday"),
      episode(2, "News", "Tuesday"),
      episode(4, "Science", "Stars"),
    ]),
  );
  await life.build();
  const [counts] = await life.query(`select
    (select count(*) from silver.plays) as plays,
    (select count(*) from silver.songs) as songs,
    (select count(*) from gold.streams) as streams,
    (select count(*) from gold.temporal_trends where total_plays = 0) as days_without_a_stream,
    (select string_agg(show_name || ' ' || minutes_played::int, ', ') from gold.top_shows) as shows`);
  assert.deepEqual(counts, {
    plays: 3,
    songs: 0,
    streams: 0,
    days_without_a_stream: 4,
    shows: "News 60, Science 30",
  });
});

test("a life of one day with 20 plays and no catalogue", async (context) => {
  const life = await newLife(context);
  await life.land(
    extendedFile(
      "Streaming_History_Audio_2024.json",
      evenings(1, 20).map(({ ended, names }) => trackRow(ended, names)),
    ),
  );
  await life.build();

  await context.test("is one session of an hour on one day that is not over", async () => {
    assert.deepEqual(
      await life.query(`select date::varchar as date, total_plays, minutes_played, distinct_tracks, new_tracks,
        is_complete, plays_28_day_mean from gold.temporal_trends`),
      [
        {
          date: "2024-03-01",
          total_plays: 20,
          minutes_played: 60,
          distinct_tracks: 8,
          new_tracks: null,
          is_complete: false,
          plays_28_day_mean: null,
        },
      ],
    );
    assert.deepEqual(await life.query("select play_count, length_minutes from silver.sessions"), [
      { play_count: 20, length_minutes: 60 },
    ]);
    // The first began at 20:00, the last at 20:57.
    assert.deepEqual(await life.query("select hour_of_day, play_count from gold.listening_patterns_by_time"), [
      { hour_of_day: 20, play_count: 20 },
    ]);
  });

  await context.test("has no moods and says so in counts, not in zeros", async () => {
    assert.deepEqual(await life.query("select * from gold.top_tracks_by_mood"), []);
    assert.deepEqual(
      await life.query("select distinct mean, min, p50, plays_with_features from gold.audio_feature_distributions"),
      [{ mean: null, min: null, p50: null, plays_with_features: 0 }],
    );
  });

  await context.test("stays without them beside a catalogue that matches nothing", async () => {
    await life.land(catalogueFile([{ line_number: 2, track_id: trackId("x"), track_name: "X", artists: "Nobody" }]));
    await life.build();
    assert.deepEqual(
      await life.query(
        "select feature_source, record_count, percentage, is_averaged from gold.feature_source_coverage",
      ),
      [{ feature_source: "none", record_count: 20, percentage: 100, is_averaged: false }],
    );
    assert.deepEqual(await life.query("select * from gold.top_tracks_by_mood"), []);
  });
});

test("a year of private sessions only stays out of gold and in silver", async (context) => {
  const life = await newLife(context);
  await life.land(
    extendedFile("Streaming_History_Audio_2021-2023.json", [
      trackRow("2021-06-01 12:00:00", "Ann - One"),
      trackRow("2022-02-01 12:00:00", "Ann - One", { incognito: true }),
      trackRow("2022-09-01 12:00:00", "Ann - Two", { incognito: true }),
      trackRow("2023-06-01 12:00:00", "Ann - One"),
    ]),
  );
  await life.build();
  assert.deepEqual(await life.query("select listening_year, play_count from gold.feature_coverage_by_year"), [
    { listening_year: 2021, play_count: 1 },
    { listening_year: 2023, play_count: 1 },
  ]);
  assert.deepEqual(
    await life.query(`select count(*) as days, sum(total_plays)::int as plays from gold.temporal_trends
      where year(date) = 2022`),
    [{ days: 365, plays: 0 }],
  );
  assert.deepEqual(
    await life.query(`select count(*) as plays from silver.listening_with_features where is_private
      and session_id in (select session_id from silver.sessions where has_private_plays)`),
    [{ plays: 2 }],
  );
});

test("nothing landed at all builds every table empty", async (context) => {
  const life = await newLife(context);
  await life.build();
  const [counts] = await life.query(`select
    (select count(*) from silver.plays) + (select count(*) from silver.covered_days)
      + (select count(*) from gold.temporal_trends) + (select count(*) from gold.top_shows) as rows`);
  assert.deepEqual(counts, { rows: 0 });
});
