import { type DemoArtist, type DemoSong, songsOf } from "./demo-discography.ts";
import { type AudioFeatures, audioFeatures, soundOffset } from "./demo-features.ts";
import { type DemoGenre, demoGenres } from "./demo-genres.ts";
import { albumTitle, artistName, demoId, songTitle, untaken } from "./demo-names.ts";
import { itemAt, type Prng } from "../prng.ts";

/** One song of the catalogue, in Kaggle's columns but for the index, which is the row's place in the file. */
export interface CatalogueRow {
  readonly trackId: string;
  readonly artists: string;
  readonly albumName: string;
  readonly trackName: string;
  readonly popularity: number;
  readonly durationMs: number;
  readonly isExplicit: boolean;
  readonly features: AudioFeatures;
  readonly genre: string;
}

/** Rows for each genre: some of the songs the listener plays, and many songs the listener never heard of. */
export function demoCatalogue(artists: readonly DemoArtist[], random: Prng): readonly CatalogueRow[] {
  const names = new Set(artists.map(({ name }) => name.toLowerCase()));
  const known = artists.flatMap((artist) =>
    songsOf([artist])
      .filter((song) => song.catalogued !== "not at all")
      .map((song) => ({ genre: artist.genre, row: songRow(song, artist.genre, random) })),
  );
  return demoGenres.flatMap((genre) => {
    const own = known.filter((entry) => entry.genre === genre).map(({ row }) => row);
    const borrowed = known
      .filter((entry) => nearest(entry.genre) === genre && random.chance(0.14))
      .map(({ row }) => againUnder(genre, row, random));
    const rows = [
      ...own,
      ...borrowed,
      ...strangers({ genre, count: rowsInGenre - own.length - borrowed.length, names }, random),
    ];
    return random.shuffled(rows).map((row) => blemished(row, random));
  });
}

/** The genre that sounds most like this one. */
function nearest(genre: DemoGenre): DemoGenre {
  const others = demoGenres.filter((other) => other !== genre);
  const distances = others.map((other) => unlikeness(genre, other));
  return itemAt(others, distances.indexOf(Math.min(...distances)));
}

function unlikeness(left: DemoGenre, right: DemoGenre): number {
  const features = ["energy", "valence", "acousticness", "instrumentalness"] as const;
  return features.reduce((sum, name) => sum + Math.abs(left[name] - right[name]), 0);
}

const rowsInGenre = 160;

function songRow(song: DemoSong, genre: DemoGenre, random: Prng): CatalogueRow {
  const track = random.pick(song.tracks);
  return {
    // Another edition of the song: only its name leads to it.
    trackId: song.catalogued === "by id" ? track.trackId : demoId(random),
    artists: [song.artistName, ...song.guests].join(";"),
    albumName: track.albumName,
    trackName: track.trackName,
    popularity: Math.round(8 + 70 * song.appeal * random.between(0.6, 1)),
    durationMs: song.durationMs,
    isExplicit: song.isExplicit,
    features: song.features,
    genre: genre.name,
  };
}

/** A song stands under each genre it belongs to; its popularity may have been asked on another day. */
function againUnder(genre: DemoGenre, row: CatalogueRow, random: Prng): CatalogueRow {
  return { ...row, genre: genre.name, popularity: row.popularity + (random.chance(0.06) ? 1 : 0) };
}

interface Filling {
  readonly genre: DemoGenre;
  readonly count: number;
  readonly names: Set<string>;
}

function strangers({ genre, count, names }: Filling, random: Prng): readonly CatalogueRow[] {
  const rows: CatalogueRow[] = [];
  while (rows.length < count) {
    const artist = untaken(names, () => artistName(random));
    const offset = soundOffset(random, { energy: 0, valence: 0, tempo: 0 }, 0.06);
    const albumName = albumTitle(random);
    const titles = new Set<string>();
    const size = Math.min(random.integer(3, 12), count - rows.length);
    for (let index = 0; index < size; index++) {
      rows.push({
        trackId: demoId(random),
        artists: artist,
        albumName,
        trackName: untaken(titles, () => songTitle(random)),
        popularity: random.integer(0, 64),
        durationMs: random.integer(105_000, 330_000),
        isExplicit: random.chance(0.08),
        features: audioFeatures(random, genre, offset),
        genre: genre.name,
      });
    }
  }
  return rows;
}

/** Where Kaggle's catalogue could not measure the beat, it says 0. */
function blemished(row: CatalogueRow, random: Prng): CatalogueRow {
  return random.chance(0.0015) ? { ...row, features: { ...row.features, tempo: 0, timeSignature: 0 } } : row;
}
