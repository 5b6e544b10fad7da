import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as z from "zod";

import {
  berlin,
  counted,
  type Demo,
  groupBy,
  type HistoryRow,
  type Listened,
  median,
  readDemo,
  songOf,
} from "./read-demo.ts";

let demo: Demo;

before(async () => {
  demo = await readDemo();
});

after(() => demo.remove());

test("every row has exactly the fields of today's layout in Spotify's order", () => {
  const fields =
    "ts platform ms_played conn_country ip_addr master_metadata_track_name master_metadata_album_artist_name " +
    "master_metadata_album_album_name spotify_track_uri episode_name episode_show_name spotify_episode_uri " +
    "audiobook_title audiobook_uri audiobook_chapter_uri audiobook_chapter_title reason_start reason_end shuffle " +
    "skipped offline offline_timestamp incognito_mode";
  const histories = [...demo.texts].filter(([file]) => file.endsWith(".json"));
  for (const [, text] of histories) {
    const rows = z.array(z.looseObject({})).parse(JSON.parse(text));
    assert.deepEqual([...counted(rows.map((row) => Object.keys(row).join(" "))).keys()], [fields]);
  }
  assert.equal(histories.length, 3);
});

test("there are as many rows as a keen listener leaves in two years", () => {
  assert.ok(demo.plays.length >= 15_000 && demo.plays.length <= 20_000, `${demo.plays.length} rows`);
});

test("every address is the one that is kept for documentation", () => {
  assert.deepEqual([...counted(demo.plays.map(({ row }) => row.ip_addr)).keys()], ["192.0.2.1"]);
});

test("every play lies inside 2023 and 2024, in UTC and in Berlin, from the first month to the last", () => {
  for (const { row, date } of demo.plays) {
    for (const day of [date, row.ts, berlin.format(Date.parse(row.ts))]) assert.match(day, /^202[34]-/);
  }
  assert.equal(counted(demo.plays.map(({ date }) => date.slice(0, 7))).size, 24);
});

test("every file is sorted by the end of the plays", () => {
  for (const plays of groupBy(demo.plays, ({ file }) => file).values()) {
    assert.ok(plays.every(({ row }, index) => index === 0 || row.ts >= (plays[index - 1]?.row.ts ?? "")));
  }
});

test("every id starts with demo, and every album, show and book ends with it", () => {
  for (const { row } of demo.plays) {
    const { spotify_track_uri, spotify_episode_uri, audiobook_uri, audiobook_chapter_uri } = row;
    for (const uri of [spotify_track_uri, spotify_episode_uri, audiobook_uri, audiobook_chapter_uri]) {
      if (uri !== null) assert.match(uri, /^spotify:(track|episode|show):demo[0-9A-Za-z]{18}$/);
    }
    for (const name of [row.master_metadata_album_album_name, row.episode_show_name, row.audiobook_title]) {
      if (name !== null) assert.match(name, / \(Demo\)$/);
    }
  }
});

test("a row has all names of a song, of an episode or of a chapter, and a few rows have none", () => {
  const kinds = counted(demo.plays.map(({ row }) => kindOf(row)));
  assert.deepEqual(new Set(kinds.keys()), new Set(["song", "episode", "chapter", "unknown"]));
  for (const kind of ["episode", "chapter", "unknown"]) {
    const plays = kinds.get(kind) ?? 0;
    assert.ok(plays >= 10 && plays <= 200, `${plays} rows of ${kind}`);
  }
});

/** Undefined for a row that has only some of the names it should have. */
function kindOf(row: HistoryRow): string | undefined {
  const { master_metadata_track_name, master_metadata_album_artist_name, master_metadata_album_album_name } = row;
  const present = [
    [
      master_metadata_track_name,
      master_metadata_album_artist_name,
      master_metadata_album_album_name,
      row.spotify_track_uri,
    ],
    [row.episode_name, row.episode_show_name, row.spotify_episode_uri],
    [row.audiobook_title, row.audiobook_uri, row.audiobook_chapter_uri, row.audiobook_chapter_title],
  ].map((names) => names.filter((name) => name !== null).length);
  return { "4,0,0": "song", "0,3,0": "episode", "0,0,4": "chapter", "0,0,0": "unknown" }[present.join()];
}

test("an id has one name, and some songs have two ids", () => {
  const names = groupBy(demo.songs, ({ row }) => row.spotify_track_uri);
  for (const plays of names.values()) assert.equal(new Set(plays.map(songOf)).size, 1);
  const ids = [...groupBy(demo.songs, songOf).values()].map(
    (plays) => new Set(plays.map(({ row }) => row.spotify_track_uri)).size,
  );
  const twice = ids.filter((count) => count === 2).length;
  assert.ok(twice > 40, `${twice} songs with two ids`);
});

test("there are 60 artists and about 800 songs", () => {
  assert.equal(new Set(demo.songs.map(({ row }) => row.master_metadata_album_artist_name)).size, 60);
  const songs = new Set(demo.songs.map(songOf)).size;
  assert.ok(songs >= 700 && songs <= 900, `${songs} songs`);
});

test("skipped is true for exactly the plays that a button or a click ended", () => {
  assert.deepEqual(
    new Set(demo.plays.map(({ row }) => `${row.reason_end} ${row.skipped}`)),
    new Set([
      "backbtn true",
      "endplay true",
      "fwdbtn true",
      "logout false",
      "remote false",
      "trackdone false",
      "unexpected-exit-while-paused false",
    ]),
  );
  assert.deepEqual(
    new Set(demo.plays.map(({ row }) => row.reason_start)),
    new Set(["appload", "backbtn", "clickrow", "fwdbtn", "playbtn", "remote", "trackdone"]),
  );
});

test("a part of the songs is skipped after seconds, the others are heard to their end", () => {
  const skips = demo.songs.filter(({ row }) => row.skipped);
  const share = skips.length / demo.songs.length;
  assert.ok(share > 0.12 && share < 0.3, `${share}`);
  assert.ok(median(skips.map(({ row }) => row.ms_played)) < 30_000);
  const whole = demo.songs.filter(({ row }) => row.reason_end === "trackdone");
  assert.ok(median(whole.map(({ row }) => row.ms_played)) > 150_000);
});

test("the video file holds songs beside episodes", () => {
  const videos = demo.plays.filter(({ file }) => file.includes("Video"));
  const songs = videos.filter(({ row }) => row.spotify_track_uri !== null).length;
  assert.ok(songs >= 10 && songs < videos.length, `${songs} of ${videos.length}`);
});

test("some rows have exact copies in their file, some in another file", () => {
  const copies = [...groupBy(demo.songs, ({ row }) => JSON.stringify(row)).values()].filter(({ length }) => length > 1);
  const across = copies.filter((plays) => new Set(plays.map(({ file }) => file)).size > 1).length;
  assert.ok(across >= 5 && copies.length - across >= 30, `${across} across files of ${copies.length}`);
});

test("some rows have copies that are shorter, two seconds later, or without an offline_timestamp", () => {
  const found = counted(demo.songs.map((play, index) => differenceOf(play, demo.songs[index + 1])));
  for (const difference of ["ms_played", "offline_timestamp", "missing offline_timestamp"]) {
    assert.ok((found.get(difference) ?? 0) >= 5, `${found.get(difference)} copies that differ in ${difference}`);
  }
});

/** The one field in which two neighbouring rows of one end and one uri differ. */
function differenceOf({ row: left }: Listened, next: Listened | undefined): string | undefined {
  const right = next?.row;
  if (left.ts !== right?.ts || left.spotify_track_uri !== right.spotify_track_uri || left.offline) return undefined;
  if (left.offline_timestamp === right.offline_timestamp)
    return left.ms_played === right.ms_played ? "none" : "ms_played";
  if (left.offline_timestamp === null || left.ms_played !== right.ms_played) return undefined;
  if (right.offline_timestamp === null) return "missing offline_timestamp";
  return Math.abs(right.offline_timestamp - left.offline_timestamp) <= 2 ? "offline_timestamp" : undefined;
}

test("an offline batch has one end for many plays, which started one after the other before it", () => {
  const batches = [
    ...groupBy(
      demo.plays.filter(({ row }) => row.offline),
      ({ row }) => row.ts,
    ).values(),
  ];
  const sizes = batches.map((plays) => new Set(plays.map(({ row }) => row.offline_timestamp)).size);
  assert.ok(batches.length >= 10 && Math.max(...sizes) >= 20, sizes.join());
  for (const { row } of batches.flat()) {
    assert.ok(row.offline_timestamp !== null && row.offline_timestamp * 1000 + row.ms_played < Date.parse(row.ts));
  }
});

test("offline_timestamp tells the start of most plays, but not of all", () => {
  const near = demo.plays.filter(
    ({ row, startedAt }) => Math.abs((row.offline_timestamp ?? 0) * 1000 - startedAt) < 60_000,
  );
  const share = near.length / demo.plays.length;
  assert.ok(share > 0.75 && share < 0.97, `${share}`);
});

test("there are a few private sessions, and shuffle is now on, now off", () => {
  const isPrivate = demo.plays.filter(({ row }) => row.incognito_mode).length;
  assert.ok(isPrivate > 10 && isPrivate < 300, `${isPrivate} private plays`);
  const shuffled = demo.songs.filter(({ row }) => row.shuffle).length / demo.songs.length;
  assert.ok(shuffled > 0.3 && shuffled < 0.7, `${shuffled}`);
});
