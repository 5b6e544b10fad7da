import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, type BronzeRow, extendedFile, pollFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["silver", "gold/descriptive"];

/** A play as the Web API tells of it: track, names and the millisecond of the end. */
function apiRow(endedAt: string, names: string, more: BronzeRow = {}): BronzeRow {
  const [artist = "", ...title] = names.split(" - ");
  return {
    ended_at: endedAt,
    media_type: "track",
    track_id: trackId(names),
    track_name: title.join(" - "),
    artist_name: artist,
    ...more,
  };
}

const length = (names: string, milliseconds: number): BronzeRow => ({
  track_id: trackId(names),
  duration_ms: milliseconds,
});

test("plays of the Web API stand for themselves until an export tells of them", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    pollFile([
      apiRow("2024-05-01 10:00:00.123", "Ann - One"),
      apiRow("2024-05-01 10:04:00.456", "Ann - Two"),
      apiRow("2024-05-01 10:05:00.789", "Ann - Three"),
      apiRow("2024-05-01 11:00:00", "Ann - File", { track_id: null }),
    ]),
    // A poll that was landed although it was known.
    pollFile([apiRow("2024-05-01 10:05:00.789", "Ann - Three"), apiRow("2024-05-02 10:00:00", "Ann - One")]),
    { table: "my_tracks_features", file: "tracks", rows: [length("Ann - One", 200_000), length("Ann - Two", 180_000)] },
  );
  await life.build("+tag:silver", "+tag:descriptive");

  await context.test(
    "they are streams without a length, begun a track's length before, or at the end before",
    async () => {
      assert.deepEqual(
        await life.query(`select track_name, strftime(started_at, '%d %H:%M:%S') as started, is_stream, is_estimated,
        ms_played, is_skipped from silver.plays order by ended_at`),
        [
          { track_name: "One", started: "01 09:56:40" },
          { track_name: "Two", started: "01 10:01:00" },
          // No one knows how long Three is: it ends as it begins.
          { track_name: "Three", started: "01 10:05:00" },
          { track_name: "File", started: "01 11:00:00" },
          { track_name: "One", started: "02 09:56:40" },
        ].map((row) => ({ ...row, is_stream: true, is_estimated: true, ms_played: null, is_skipped: null })),
      );
      assert.deepEqual(
        await life.query(
          "select sum(total_plays)::int as streams, sum(minutes_played) as minutes, sum(plays_without_ms)::int as without from gold.temporal_trends",
        ),
        [{ streams: 5, minutes: 0, without: 5 }],
      );
    },
  );

  await context.test("an export in its turn merges those within 90 seconds, by id or by names", async () => {
    await life.land(
      extendedFile("Streaming_History_Audio_2024.json", [
        trackRow("2024-05-01 10:01:29", "Ann - One"),
        // Another id of the same names, and 91 seconds off.
        trackRow("2024-05-01 10:04:10", "Ann - Two", { track_id: trackId("relinked") }),
        trackRow("2024-05-01 10:06:32", "Ann - Three"),
        // Played offline until 11:00, uploaded a day later.
        trackRow("2024-05-02 20:00:00", "Ann - File", {
          offline: true,
          offline_at: "2024-05-01 10:57:00",
          track_id: trackId("file"),
        }),
      ]),
    );
    await life.build("+tag:silver", "+tag:descriptive");
    const plays = await life.query("select source_kind, track_name from silver.plays order by source_kind, ended_at");
    assert.deepEqual(plays, [
      { source_kind: "api", track_name: "Three" },
      { source_kind: "api", track_name: "One" },
      { source_kind: "extended", track_name: "One" },
      { source_kind: "extended", track_name: "Two" },
      { source_kind: "extended", track_name: "Three" },
      { source_kind: "extended", track_name: "File" },
    ]);
  });

  await context.test("the reconciliation sums", async () => {
    assert.deepEqual(
      await life.query(`select source_kind, sum(rows_in)::int as rows_in, sum(plays_kept)::int as kept,
        sum(repeated_poll_rows)::int as repeated, sum(rows_covered_by_export)::int as covered
        from silver.play_reconciliation group by all order by all`),
      [
        { source_kind: "api", rows_in: 6, kept: 2, repeated: 1, covered: 3 },
        { source_kind: "extended", rows_in: 4, kept: 4, repeated: 0, covered: 0 },
      ],
    );
  });
});

test("account data covers plays of the Web API too, and two plays stay two", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    pollFile([
      apiRow("2024-05-01 10:00:50", "Ann - One"),
      apiRow("2024-05-01 10:01:20", "Ann - One"),
      apiRow("2024-05-01 12:00:00", "Ann - One"),
    ]),
    accountFile("StreamingHistory_music_0.json", [accountRow("2024-05-01 10:00", "Ann - One", 40_000)]),
  );
  await life.build("+tag:silver", "+tag:descriptive");
  assert.deepEqual(
    await life.query("select source_kind, count(*)::int as plays from silver.plays group by all order by all"),
    [
      { source_kind: "account", plays: 1 },
      { source_kind: "api", plays: 2 },
    ],
  );
});

test("the days between polls are covered but for the gaps", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    pollFile([apiRow("2024-05-01 10:00:00", "Ann - One"), apiRow("2024-05-03 12:00:00", "Ann - Two")]),
    pollFile(
      [apiRow("2024-05-07 08:00:00", "Ann - One"), apiRow("2024-05-10 12:00:00", "Ann - Two")],
      [{ from: "2024-05-03T12:00:00.000Z", to: "2024-05-07T08:00:00.000Z" }],
    ),
  );
  await life.build("+tag:silver", "+tag:descriptive");
  assert.deepEqual(await life.query("select gap_from, gap_to from silver.poll_gaps"), [
    { gap_from: new Date("2024-05-03T12:00:00Z"), gap_to: new Date("2024-05-07T08:00:00Z") },
  ]);
  assert.deepEqual(
    await life.query("select covered_date::varchar as day, is_complete from silver.covered_days order by all"),
    ["01 no", "02 yes", "03 no", "07 no", "08 yes", "09 yes", "10 no"].map((day) => ({
      day: `2024-05-${day.slice(0, 2)}`,
      is_complete: day.endsWith("yes"),
    })),
  );
});

test("features from the Web API are averaged only when feature_sources names them", async (context) => {
  const life = await newLife(context, "UTC", models);
  const rows = Array.from({ length: 30 }, (_, day) =>
    trackRow(`2024-04-${String(day + 1).padStart(2, "0")} 12:00:00`, "Ann - One"),
  );
  const features = {
    danceability: 0.5,
    energy: 0.5,
    key: -1,
    loudness: -5,
    mode: 1,
    speechiness: 0,
    acousticness: 0,
    instrumentalness: 0,
    liveness: 0,
    valence: 0.9,
    tempo: 100,
    time_signature: 4,
  };
  await life.land(extendedFile("Streaming_History_Audio_2024.json", rows), {
    table: "my_tracks_features",
    file: "features",
    rows: [{ ...length("Ann - One", 1), ...features }],
  });
  await life.build("+tag:silver", "+tag:descriptive");
  assert.deepEqual(await life.query("select feature_source, valence, key from silver.song_features"), [
    { feature_source: "api", valence: 0.9, key: null },
  ]);
  assert.deepEqual(await life.query("select count(*) filter (has_features)::int as featured from gold.streams"), [
    { featured: 0 },
  ]);
});
