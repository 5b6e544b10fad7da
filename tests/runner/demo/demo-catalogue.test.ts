import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { counted, type Demo, groupBy, median, readDemo, songOf } from "./read-demo.ts";

const realCatalogue = fileURLToPath(new URL("../../../../shared/data/kaggle_tracks.csv.gz", import.meta.url));

let demo: Demo;

before(async () => {
  demo = await readDemo();
});

after(() => demo.remove());

test("the catalogue has Kaggle's columns in Kaggle's order", () => {
  const [header] = (demo.texts.get("demo_tracks.csv") ?? "").split("\n", 1);
  assert.equal(
    header,
    ",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode," +
      "speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre",
  );
});

test("the index counts the rows, which stand genre by genre, as many in each", () => {
  assert.deepEqual(
    demo.catalogue.map((track) => track.column00),
    demo.catalogue.map((_, index) => index),
  );
  const genres = demo.catalogue.map((track) => track.track_genre);
  assert.deepEqual(
    genres,
    genres.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0)),
  );
  assert.deepEqual(
    [...counted(genres).values()],
    Array.from({ length: 20 }, () => demo.catalogue.length / 20),
  );
  assert.ok(demo.catalogue.length >= 2000 && demo.catalogue.length <= 5000, `${demo.catalogue.length} rows`);
});

test("an id may stand under two genres, with the same features each time", () => {
  const tracks = [...groupBy(demo.catalogue, (track) => track.track_id).values()];
  const repeated = tracks.filter(({ length }) => length > 1);
  assert.ok(repeated.length > 20, `${repeated.length} repeated ids`);
  for (const rows of repeated) {
    assert.equal(new Set(rows.map((track) => track.track_genre)).size, rows.length);
    assert.equal(new Set(rows.map((track) => `${track.energy} ${track.valence} ${track.loudness}`)).size, 1);
  }
});

test("ids are demo ids, artists are joined by semicolons, names hold quotes and commas, some beats are unknown", () => {
  for (const track of demo.catalogue) assert.match(track.track_id, /^demo[0-9A-Za-z]{18}$/);
  assert.ok(demo.catalogue.some((track) => track.artists.includes(";")));
  assert.ok(demo.catalogue.some((track) => track.track_name.includes('"')));
  assert.ok(demo.catalogue.some((track) => track.track_name.includes(",")));
  assert.ok(demo.catalogue.some((track) => track.tempo === 0 && track.time_signature === 0));
});

test("about 70 % of the songs are known by id, some by name only, and the others not at all", () => {
  const ids = new Set(demo.catalogue.map((track) => `spotify:track:${track.track_id}`));
  const names = new Set(demo.catalogue.map((track) => `${track.track_name} by ${track.artists.split(";")[0]}`));
  const songs = groupBy(demo.songs, songOf);
  const found = counted(
    [...songs].map(([song, plays]) => {
      if (plays.some(({ row }) => ids.has(row.spotify_track_uri ?? ""))) return "id";
      return names.has(song) ? "name" : "none";
    }),
  );
  const share = (by: "id" | "name" | "none"): number => (found.get(by) ?? 0) / songs.size;
  assert.ok(share("id") > 0.62 && share("id") < 0.78, `${share("id")} by id`);
  assert.ok(share("name") > 0.05 && share("name") < 0.2, `${share("name")} by name`);
  assert.ok(share("none") > 0.1, `${share("none")} not at all`);
});

test("genres differ in sound, and louder songs have more energy", () => {
  const genres = groupBy(demo.catalogue, (track) => track.track_genre);
  const energy = (genre: string): number => median((genres.get(genre) ?? []).map((track) => track.energy));
  assert.ok(energy("anvil-metal") > 0.8 && energy("fog-ambient") < 0.25);
  const loud = demo.catalogue.filter((track) => track.loudness > -8);
  const quiet = demo.catalogue.filter((track) => track.loudness < -14);
  assert.ok(median(loud.map((track) => track.energy)) - median(quiet.map((track) => track.energy)) > 0.3);
});

test(
  "no artist, song or show is called like an artist of the real catalogue",
  { skip: existsSync(realCatalogue) ? false : "the real catalogue is not on this machine" },
  async () => {
    const real = await realArtists();
    assert.ok(real.size > 25_000, `${real.size} real artists`);
    const invented = [
      ...demo.catalogue.flatMap((track) => [...track.artists.split(";"), track.track_name]),
      ...demo.plays.flatMap(({ row }) => [
        row.master_metadata_album_artist_name ?? "",
        row.master_metadata_track_name ?? "",
        row.episode_show_name ?? "",
      ]),
    ];
    assert.deepEqual(
      invented.filter((name) => real.has(name.toLowerCase())),
      [],
    );
  },
);

async function realArtists(): Promise<ReadonlySet<string>> {
  const rows = await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    return connection.query(`
      select distinct lower(unnest(string_split(artists, ';'))) as name
      from read_csv('${realCatalogue.replaceAll("'", "''")}', header = true, quote = '"', escape = '"', all_varchar = true)
      where artists is not null`);
  });
  return new Set(
    z
      .array(z.object({ name: z.string() }))
      .parse(rows)
      .map(({ name }) => name),
  );
}
