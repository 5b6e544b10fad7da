import assert from "node:assert/strict";
import { test } from "node:test";

import { withLandingBench } from "../../support/landing.ts";
import { zip } from "../../support/zip.ts";

const song = { endTime: "2021-03-04 05:06", artistName: "Ann", trackName: "One", msPlayed: 200_000 };
const episode = { endTime: "2023-03-04 05:06", podcastName: "News", episodeName: "Monday", msPlayed: 60_000 };
const chapter = {
  endTime: "2025-03-04 05:06",
  audiobookName: "The Book",
  chapterName: "I",
  authorName: "A. Writer",
  msPlayed: 90_000,
};

const landed = `select source_kind, media_type, strftime(ended_at, '%Y-%m-%d %H:%M:%S') as ended_at, ms_played, track_name,
  artist_name, episode_name, show_name, audiobook_title, chapter_title, author_name from landed order by ended_at, row_number`;
const nothing = {
  source_kind: "account",
  track_name: null,
  artist_name: null,
  episode_name: null,
  show_name: null,
  audiobook_title: null,
  chapter_title: null,
  author_name: null,
};
const names = { track_name: "One", artist_name: "Ann" };

const layouts: readonly (readonly [name: string, row: object, expected: object])[] = [
  ["StreamingHistory.json", song, { media_type: "track", ...names }],
  ["StreamingHistory0.json", song, { media_type: "track", ...names }],
  ["StreamingHistory12.json", song, { media_type: "track", ...names }],
  ["StreamingHistory_music_0.json", song, { media_type: "track", ...names }],
  ["StreamingHistory_music_1 (2).json", song, { media_type: "track", ...names }],
  ["StreamingHistory_podcast_0.json", episode, { media_type: "episode", show_name: "News", episode_name: "Monday" }],
  [
    "StreamingHistory_audiobook_0.json",
    chapter,
    { media_type: "audiobook", audiobook_title: "The Book", chapter_title: "I", author_name: "A. Writer" },
  ],
];
for (const [name, row, expected] of layouts) {
  test(`${name} of account data lands`, () =>
    withLandingBench(async (bench) => {
      const report = await bench.land([await bench.write(name, [row])]);
      assert.deepEqual(
        report.files.map(({ file, kind, rowsLanded }) => [file, kind, rowsLanded]),
        [[name, "account", 1]],
      );
      const { endTime, msPlayed } = { ...song, ...row };
      assert.deepEqual(await bench.rows("listening_history", landed), [
        { ...nothing, ended_at: `${endTime}:00`, ms_played: msPlayed, ...expected },
      ]);
    }));
}

test("what Spotify cannot name lands as unknown, an artist's song of that title as a track", () =>
  withLandingBench(async (bench) => {
    const rows = [
      { ...song, artistName: "Unknown Artist", trackName: "Unknown Track" },
      { ...song, trackName: "Unknown Track" },
      { endTime: "2021-03-04 05:06", msPlayed: 1 },
    ];
    await bench.land([await bench.write("StreamingHistory_music_0.json", rows)]);
    assert.deepEqual(
      await bench.rows(
        "listening_history",
        "select media_type, track_name, artist_name from landed order by row_number",
      ),
      [
        { media_type: "unknown", track_name: null, artist_name: null },
        { media_type: "track", track_name: "Unknown Track", artist_name: "Ann" },
        { media_type: "unknown", track_name: null, artist_name: null },
      ],
    );
  }));

test("rows that cannot be plays are rejected with their reason", () =>
  withLandingBench(async (bench) => {
    const rows = [
      song,
      { ...song, endTime: "0001-01-01 00:00" },
      { ...song, endTime: "2021-13-04 05:06" },
      { ...song, endTime: null },
      { ...song, msPlayed: -1 },
      { ...song, msPlayed: 1e15 },
      { ...song, msPlayed: "many" },
      "no play",
    ];
    const { files } = await bench.land([await bench.write("StreamingHistory0.json", rows)]);
    assert.deepEqual([files[0]?.rowsRead, files[0]?.rowsLanded], [8, 1]);
    assert.deepEqual(files[0]?.rejections, [
      { reason: "endTime is out of range", rows: 1, firstRow: 2 },
      { reason: "endTime is not a UTC timestamp", rows: 1, firstRow: 3 },
      { reason: "endTime is missing", rows: 1, firstRow: 4 },
      { reason: "msPlayed is negative", rows: 1, firstRow: 5 },
      { reason: "msPlayed is out of range", rows: 1, firstRow: 6 },
      { reason: "msPlayed is not a whole number", rows: 1, firstRow: 7 },
      { reason: "the row is no object", rows: 1, firstRow: 8 },
    ]);
  }));

test("a file under another name, or another layout's name, is read as what it holds", () =>
  withLandingBench(async (bench) => {
    const play = { ts: "2021-03-04T05:06:07Z", ms_played: 1000, spotify_track_uri: "spotify:track:1" };
    const paths = [
      await bench.write("mine.json", [song]),
      await bench.write("Streaming_History_Audio_2020.json", [{ ...song, msPlayed: 1 }]),
      await bench.write("StreamingHistory0.json", [play]),
      await bench.write("plays.txt", [{ ...play, ms_played: 2 }]),
    ];
    const { files, failures } = await bench.land(paths);
    assert.deepEqual(failures, []);
    assert.deepEqual(
      files.map(({ kind, rowsLanded }) => [kind, rowsLanded]),
      [
        ["account", 1],
        ["account", 1],
        ["extended", 1],
        ["extended", 1],
      ],
    );
  }));

test("both exports of one person, as zips and folders under any names, land together; what lies beside them is not opened", () =>
  withLandingBench(async (bench) => {
    const play = { ts: "2021-03-04T05:06:07Z", ms_played: 1000, spotify_track_uri: "spotify:track:1" };
    // None of these is JSON or UTF-8: opening one would be a failure.
    const secrets = [
      "Userdata",
      "Identity",
      "Payments",
      "SearchQueries",
      "Inferences",
      "Follow",
      "Marquee",
      "Playlist1",
      "YourLibrary",
    ];
    const account = secrets.map((name) => ({
      name: `Mes données Spotify/${name}.json`,
      content: Buffer.from([0xff, 0x00]),
    }));
    await bench.write(
      "inbox/my_spotify_data.zip",
      zip([...account, { name: "Mes données Spotify/StreamingHistory_music_0.json", content: JSON.stringify([song]) }]),
    );
    await bench.write("inbox/deep/er/Spotify Extended Streaming History/Streaming_History_Audio_2021_0.json", [play]);
    await bench.write("inbox/old/MyData/endsong_0.json", [{ ...play, ms_played: 5 }]);
    const report = await bench.land([`${bench.root}/inbox`]);
    assert.deepEqual(report.failures, []);
    assert.deepEqual([report.files.length, report.ignored], [3, secrets.length]);
  }));
