import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackRow } from "../../support/life.ts";
import { rowsAsLines } from "../../support/rows-as-lines.ts";

/** All of the project that is looked at here. */
const models = ["gold/listening"];

const played = (...[endedOn, names, minutes, more = {}]: [string, string, number, BronzeRow?]): BronzeRow =>
  trackRow(`${endedOn} 10:00:00`, names, { ms_played: minutes * 60_000, ...more });

const offline = { offline: true, offline_at: "2024-02-20 09:00:00" };

/** Minutes: Ann 4 + 2 + 3 + 3 + 3 = 15, Bo 3 + 6, Di 3 · 3, Ed 4 + 5, Fa and Ga 2, nobody 1, of Cy unknown: 47. */
const history = [
  played("2023-06-01", "Ann - One", 4, { album_name: "First" }),
  played("2023-06-02", "Ann - One (Remastered 2011)", 2, { album_name: "First (Remastered)" }),
  played("2023-06-03", "ANN - Two", 3, { album_name: "FIRST" }),
  // 00:57 on New Year's Day in Auckland.
  played("2023-12-31", "Bo - Three", 3, { ended_at: "2023-12-31 12:00:00" }),
  played("2024-02-01", "Bo - Three", 6),
  played("2024-02-02", "Ann - Two", 3, { album_name: "First" }),
  played("2024-02-03", "nameless", 1, { track_name: null, artist_name: null, album_name: null }),
  ...["04", "05", "06", "07"].map((day) => played(`2024-02-${day}`, "Cy - Four", 0, { ms_played: null })),
  ...["08", "09", "10"].map((day) => played(`2024-02-${day}`, "Di - Five", 3)),
  played("2024-02-11", "Ed - Six", 4),
  played("2024-02-12", "Ed - Six", 5),
  // Neither counts: not 30 seconds long, a private session.
  played("2024-02-13", "Bo - Three", 0.4),
  played("2024-02-14", "Bo - Three", 60, { incognito: true }),
  // Equal in all but the key.
  played("2024-02-21", "Ga - Eight", 2, offline),
  played("2024-02-21", "Fa - Seven", 2, offline),
];

test("rankings of artists, songs and albums", async (context) => {
  const life = await newLife(context, "Pacific/Auckland", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2023-2024.json", history),
    accountFile("StreamingHistory_music_0.json", [accountRow("2024-03-10 10:00", "ann - Two")]),
  );
  await life.build("+tag:listening");
  const lines = async (sql: string) => rowsAsLines(await life.query(sql));

  await context.test(
    "artists meet in all spellings and are ranked by minutes, streams, latest stream, key",
    async () => {
      assert.deepEqual(
        await lines(`select rank_by_minutes, rank_by_streams, artist_key, artist_name, stream_count, minutes_played,
        plays_without_ms, minutes_percentage, distinct_songs from gold.top_artists`),
        [
          "1 | 1 | ann | Ann | 5 | 15 | 0 | 31.91 | 2",
          "2 | 3 | di | Di | 3 | 9 | 0 | 19.15 | 1",
          "3 | 4 | ed | Ed | 2 | 9 | 0 | 19.15 | 1",
          "4 | 5 | bo | Bo | 2 | 9 | 0 | 19.15 | 1",
          "5 | 6 | fa | Fa | 1 | 2 | 0 | 4.26 | 1",
          "6 | 7 | ga | Ga | 1 | 2 | 0 | 4.26 | 1",
          "7 | 2 | cy | Cy | 4 | 0 | 4 | 0 | 1",
          "– | – | – | – | 1 | 1 | 0 | 2.13 | 1",
        ],
      );
      assert.deepEqual(
        await lines(`select first_started_at::varchar as first, last_started_at::varchar as last from gold.top_artists
        where artist_key = 'ann'`),
        ["2023-06-01 09:56:00 | 2024-03-10 09:57:00"],
      );
    },
  );

  await context.test("a year ranks its own streams and knows the rank in the year before", async () => {
    assert.deepEqual(
      await lines(`select listening_year, is_partial, rank_by_minutes, rank_by_streams, previous_rank_by_minutes,
        artist_name, stream_count, minutes_played, minutes_percentage, distinct_songs from gold.top_artists_by_year`),
      [
        "2023 | true | 1 | 1 | – | Ann | 3 | 9 | 100 | 2",
        "2024 | true | 1 | 2 | – | Di | 3 | 9 | 23.68 | 1",
        "2024 | true | 2 | 3 | – | Ed | 2 | 9 | 23.68 | 1",
        "2024 | true | 3 | 4 | – | Bo | 2 | 9 | 23.68 | 1",
        "2024 | true | 4 | 5 | 1 | Ann | 2 | 6 | 15.79 | 1",
        "2024 | true | 5 | 6 | – | Fa | 1 | 2 | 5.26 | 1",
        "2024 | true | 6 | 7 | – | Ga | 1 | 2 | 5.26 | 1",
        "2024 | true | 7 | 1 | – | Cy | 4 | 0 | 0 | 1",
        "2024 | true | – | – | – | – | 1 | 1 | 2.63 | 1",
      ],
    );
  });

  await context.test("songs meet in all versions and sources, under their most played version", async () => {
    assert.deepEqual(
      await lines(`select rank_by_minutes, rank_by_streams, song_name, artist_name, album_name, stream_count,
        minutes_played, plays_without_ms from gold.top_songs where artist_name is distinct from 'Fa'
        and artist_name is distinct from 'Ga'`),
      [
        "1 | 2 | Two | Ann | First | 3 | 9 | 0",
        "2 | 3 | Five | Di | Five and more | 3 | 9 | 0",
        "3 | 4 | Six | Ed | Six and more | 2 | 9 | 0",
        "4 | 5 | Three | Bo | Three and more | 2 | 9 | 0",
        "5 | 6 | One (Remastered 2011) | Ann | First (Remastered) | 2 | 6 | 0",
        // A track without names is a song by its id.
        "8 | 9 | – | – | – | 1 | 1 | 0",
        "9 | 1 | Four | Cy | Four and more | 4 | 0 | 4",
      ],
    );
    assert.deepEqual(
      await lines(`select listening_year, rank_by_minutes, rank_by_streams, previous_rank_by_minutes, song_name,
        stream_count, minutes_played from gold.top_songs_by_year where rank_by_minutes <= 4`),
      [
        "2023 | 1 | 1 | – | One (Remastered 2011) | 2 | 6",
        "2023 | 2 | 2 | – | Two | 1 | 3",
        "2024 | 1 | 2 | – | Five | 3 | 9",
        "2024 | 2 | 3 | – | Six | 2 | 9",
        "2024 | 3 | 4 | – | Three | 2 | 9",
        "2024 | 4 | 5 | 2 | Two | 2 | 6",
      ],
    );
  });

  await context.test(
    "albums meet in plain and remastered editions; a stream without an id counts for its song's",
    async () => {
      assert.deepEqual(
        await lines(`select rank_by_minutes, rank_by_streams, album_name, artist_name, stream_count, minutes_played,
        plays_without_ms, minutes_percentage, distinct_songs from gold.top_albums
        where artist_name is distinct from 'Fa' and artist_name is distinct from 'Ga'`),
        [
          "1 | 1 | First | Ann | 5 | 15 | 0 | 31.91 | 2",
          "2 | 3 | Five and more | Di | 3 | 9 | 0 | 19.15 | 1",
          "3 | 4 | Six and more | Ed | 2 | 9 | 0 | 19.15 | 1",
          "4 | 5 | Three and more | Bo | 2 | 9 | 0 | 19.15 | 1",
          "7 | 2 | Four and more | Cy | 4 | 0 | 4 | 0 | 1",
          "– | – | – | – | 1 | 1 | 0 | 2.13 | 1",
        ],
      );
      assert.deepEqual(
        await lines(`select listening_year, rank_by_minutes, rank_by_streams, previous_rank_by_minutes, stream_count,
        minutes_played from gold.top_albums_by_year where artist_name = 'Ann'`),
        ["2023 | 1 | 1 | – | 3 | 9", "2024 | 4 | 5 | 1 | 2 | 6"],
      );
    },
  );
});
