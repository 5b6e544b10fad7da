import assert from "node:assert/strict";
import { test } from "node:test";

import { type LandingBench, textOf, withLandingBench } from "../../support/landing.ts";

const play = {
  ts: "2021-03-04T05:06:07Z",
  platform: "android",
  ms_played: 200000,
  conn_country: "DE",
  ip_addr: "203.0.113.9",
  master_metadata_track_name: "Song",
  master_metadata_album_artist_name: "Artist",
  master_metadata_album_album_name: "Album",
  spotify_track_uri: "spotify:track:0000000000000000000001",
  episode_name: null,
  episode_show_name: null,
  spotify_episode_uri: null,
  reason_start: "trackdone",
  reason_end: "fwdbtn",
  shuffle: true,
  skipped: false,
  offline: false,
  offline_timestamp: 1614834000,
  incognito_mode: false,
};
const noTrack = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
};

async function land(bench: LandingBench, rows: readonly unknown[]) {
  const report = await bench.land([await bench.write("Streaming_History_Audio_2021_1.json", rows)]);
  assert.deepEqual(report.failures, []);
  return report;
}

test("a play lands with every column of its kind", () =>
  withLandingBench(async (bench) => {
    await land(bench, [play]);
    const [row] = await bench.rows("listening_history");
    const { batch_id: batchId, ...values } = row ?? {};
    assert.match(textOf(batchId), /^[0-9a-f]{16}$/);
    assert.deepEqual(values, {
      account: "me",
      source_kind: "extended",
      file: "Streaming_History_Audio_2021_1.json",
      row_number: 1,
      ended_at: new Date("2021-03-04T05:06:07Z"),
      ms_played: 200000,
      media_type: "track",
      track_id: "0000000000000000000001",
      track_name: "Song",
      artist_name: "Artist",
      album_name: "Album",
      episode_id: null,
      episode_name: null,
      show_name: null,
      audiobook_id: null,
      audiobook_title: null,
      chapter_id: null,
      chapter_title: null,
      author_name: null,
      platform: "android",
      country: "DE",
      reason_start: "trackdone",
      reason_end: "fwdbtn",
      shuffle: true,
      skipped: false,
      offline: false,
      offline_at: new Date("2021-03-04T05:00:00Z"),
      incognito: false,
      context_uri: null,
      landed_at: new Date("2026-11-22T10:00:00Z"),
    });
  }));

test("offline_timestamp is read as milliseconds, as seconds, or as absent when 0 or null", () =>
  withLandingBench(async (bench) => {
    const stamps = [1614834000123, 1614834000, 0, null, 9e18, "soon"];
    await land(
      bench,
      stamps.map((offline_timestamp) => ({ ...play, offline_timestamp })),
    );
    const rows = await bench.rows("listening_history", "select offline_at from landed order by row_number");
    assert.deepEqual(
      rows.map((row) => row["offline_at"]),
      [new Date("2021-03-04T05:00:00.123Z"), new Date("2021-03-04T05:00:00Z"), null, null, null, null],
    );
  }));

test("rows keep their order and their position in the file", () =>
  withLandingBench(async (bench) => {
    const names = Array.from({ length: 5000 }, (_, index) => `Song ${(index * 7919) % 5000}`);
    await land(
      bench,
      names.map((name) => ({ ...play, master_metadata_track_name: name })),
    );
    const rows = await bench.rows("listening_history", "select row_number, track_name from landed");
    assert.deepEqual(
      rows.map((row) => [row["row_number"], row["track_name"]]),
      names.map((name, index) => [index + 1, name]),
    );
  }));

test("tracks, episodes, audiobooks and rows of none of them are told apart", () =>
  withLandingBench(async (bench) => {
    const episode = { episode_name: "One", episode_show_name: null, spotify_episode_uri: "spotify:episode:e1" };
    const audiobook = {
      audiobook_title: "Book",
      audiobook_uri: "spotify:show:b1",
      audiobook_chapter_uri: "spotify:episode:c1",
      audiobook_chapter_title: "Chapter",
    };
    const local = { ...noTrack, spotify_track_uri: "spotify:local:a:b:c:180", master_metadata_track_name: "Mine" };
    await land(bench, [
      play,
      { ...play, ...noTrack, ...episode },
      { ...play, ...noTrack, ...audiobook },
      { ...play, ...noTrack },
      { ...play, ...local },
    ]);
    const rows = await bench.rows(
      "listening_history",
      `select [media_type, track_id, track_name, episode_id, episode_name, show_name, audiobook_id, audiobook_title,
        chapter_id, chapter_title] as "values" from landed order by row_number`,
    );
    assert.deepEqual(
      rows.map((row) => row["values"]),
      [
        ["track", "0000000000000000000001", "Song", null, null, null, null, null, null, null],
        ["episode", null, null, "e1", "One", null, null, null, null, null],
        ["audiobook", null, null, null, null, null, "b1", "Book", "c1", "Chapter"],
        ["unknown", null, null, null, null, null, null, null, null, null],
        ["track", null, "Mine", null, null, null, null, null, null, null],
      ],
    );
  }));

test("reasons, skips and flags that are null, empty or missing stay as they are", () =>
  withLandingBench(async (bench) => {
    const { skipped: _, offline: __, ...old } = play;
    await land(bench, [
      {
        ...play,
        reason_start: "",
        reason_end: null,
        shuffle: null,
        skipped: null,
        offline: null,
        incognito_mode: null,
      },
      old,
    ]);
    const rows = await bench.rows(
      "listening_history",
      "select reason_start, reason_end, shuffle, skipped, offline, incognito from landed order by row_number",
    );
    assert.deepEqual(rows, [
      { reason_start: "", reason_end: null, shuffle: null, skipped: null, offline: null, incognito: null },
      {
        reason_start: "trackdone",
        reason_end: "fwdbtn",
        shuffle: true,
        skipped: null,
        offline: null,
        incognito: false,
      },
    ]);
  }));

test("names keep quotes, line breaks and every script", () =>
  withLandingBench(async (bench) => {
    const names = ["It's", 'Say "hi"', "two\nlines", "Motörhead 夜に駆ける 🎧", "null", "\\"];
    await land(
      bench,
      names.map((name) => ({ ...play, master_metadata_track_name: name })),
    );
    const rows = await bench.rows("listening_history", "select track_name from landed order by row_number");
    assert.deepEqual(
      rows.map((row) => row["track_name"]),
      names,
    );
  }));

test("rows that cannot be read are left out with the reason and the first row, the others land", () =>
  withLandingBench(async (bench) => {
    const { ts: _, ...noTime } = play;
    const { ms_played: __, ...noLength } = play;
    const { files } = await land(bench, [
      play,
      noTime,
      { ...play, ts: null },
      { ...play, ts: "yesterday" },
      { ...play, ts: "2021-02-30T00:00:00Z" },
      { ...play, ts: "2021-03-04T05:06:07+02:00" },
      { ...play, ts: "0001-01-01T00:00:00Z" },
      noLength,
      { ...play, ms_played: 1.5 },
      { ...play, ms_played: "long" },
      { ...play, ms_played: -1 },
      { ...play, ms_played: 1e12 },
      { ...play, ms_played: 1e30 },
      "not a row",
      null,
      { ...play, ms_played: 0 },
    ]);
    assert.deepEqual(files[0]?.rejections, [
      { reason: "ts is missing", rows: 2, firstRow: 2 },
      { reason: "ts is not a UTC timestamp", rows: 3, firstRow: 4 },
      { reason: "ts is out of range", rows: 1, firstRow: 7 },
      { reason: "ms_played is missing", rows: 1, firstRow: 8 },
      { reason: "ms_played is not a whole number", rows: 3, firstRow: 9 },
      { reason: "ms_played is negative", rows: 1, firstRow: 11 },
      { reason: "ms_played is out of range", rows: 1, firstRow: 12 },
      { reason: "the row is no object", rows: 2, firstRow: 14 },
    ]);
    assert.deepEqual([files[0]?.rowsRead, files[0]?.rowsLanded, files[0]?.rowsRejected], [16, 2, 14]);
    const rows = await bench.rows("listening_history", "select row_number from landed order by row_number");
    assert.deepEqual(rows, [{ row_number: 1 }, { row_number: 16 }]);
    const [record] = await bench.rows(
      "landings",
      "select rows_read, rows_landed, rows_rejected, rejections from landed",
    );
    assert.deepEqual(
      { ...record, rejections: JSON.parse(textOf(record?.["rejections"]))[1] },
      {
        rows_read: 16,
        rows_landed: 2,
        rows_rejected: 14,
        rejections: { reason: "ts is not a UTC timestamp", rows: 3, first_row: 4 },
      },
    );
  }));

const layouts = [
  "Streaming_History_Audio_2013-2020_0.json",
  "Streaming_History_Audio_2024.json",
  "Streaming_History_Audio.json",
  "Streaming_History_Audio_2024_10 (1).json",
  "Streaming_History_Video_2018-2024.json",
  "Streaming_History_Video_.json",
  "endsong_0.json",
  "endsong_12.json",
  "endsong.json",
  "endvideo.json",
  "My streaming history 2021.json",
  "copy of endsong_3.json",
];
for (const name of layouts) {
  test(`music in ${name} lands`, () =>
    withLandingBench(async (bench) => {
      const report = await bench.land([await bench.write(name, [play])]);
      assert.deepEqual(
        report.files.map(({ file, rowsLanded }) => [file, rowsLanded]),
        [[name, 1]],
      );
      const rows = await bench.rows("listening_history", "select file, media_type from landed");
      assert.deepEqual(rows, [{ file: name, media_type: "track" }]);
    }));
}

test("an export with nothing in it lands as no rows", () =>
  withLandingBench(async (bench) => {
    const { files } = await land(bench, []);
    assert.deepEqual([files[0]?.status, files[0]?.rowsRead], ["landed", 0]);
    assert.deepEqual(await bench.rows("listening_history"), []);
  }));

const broken: readonly (readonly [name: string, content: string | Buffer, message: RegExp])[] = [
  ["an empty file", "", /is empty/],
  ["an array that breaks off inside a row", '[{"ts":"2021-03-04T05:06:07Z","ms_pl', /is cut short/],
  ["an array that breaks off after a comma", `[${JSON.stringify(play)},`, /is cut short/],
  ["an array that breaks off and goes on", `[${JSON.stringify(play)},{"ts":]`, /is not valid JSON near row 2/],
  [
    "one object a line",
    `${JSON.stringify(play)}\n${JSON.stringify(play)}\n`,
    /starts with '\{': it is one play a line \(NDJSON\)/,
  ],
  ["UTF-16", Buffer.from(`\uFEFF[${JSON.stringify(play)}]`, "utf16le"), /is UTF-16/],
  ["an array of numbers", "[1,2,3]", /holds no streaming history/],
];
for (const [name, content, message] of broken) {
  test(`${name} is refused and lands nothing, another file lands`, () =>
    withLandingBench(async (bench) => {
      const bad = await bench.write("Streaming_History_Audio_2020.json", content);
      const good = await bench.write("Streaming_History_Audio_2021.json", [play]);
      const report = await bench.land([bad, good]);
      assert.deepEqual(
        report.failures.map(({ path }) => path),
        [bad],
      );
      assert.match(report.failures[0]?.message ?? "", message);
      assert.notEqual(report.failures[0]?.hint ?? "", "");
      assert.deepEqual(
        report.files.map(({ file }) => file),
        ["Streaming_History_Audio_2021.json"],
      );
      assert.equal((await bench.rows("landings")).length, 1);
    }));
}

test("a byte order mark does not keep a file from landing", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write("Streaming_History_Audio_2020.json", `\uFEFF[${JSON.stringify(play)}]\n`);
    const report = await bench.land([path]);
    assert.deepEqual(
      report.files.map(({ rowsLanded }) => rowsLanded),
      [1],
    );
  }));
