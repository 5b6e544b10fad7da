import { demoPeriod } from "./demo-calendar.ts";
import { type AudioFeatures, audioFeatures, soundOffset } from "./demo-features.ts";
import { type DemoGenre, demoGenres } from "./demo-genres.ts";
import { albumTitle, artistName, demoId, songTitle, untaken } from "./demo-names.ts";
import { itemAt, type Prng } from "../prng.ts";

export interface DemoArtist {
  readonly name: string;
  readonly genre: DemoGenre;
  /** How much this listener likes the artist; the best liked has 1. */
  readonly affinity: number;
  /** Day of the first encounter; negative for artists known before. */
  readonly discoveredOn: number;
  readonly albums: readonly DemoAlbum[];
}

export interface DemoAlbum {
  readonly title: string;
  /** Day of release; negative for albums older than the life shown. */
  readonly releasedOn: number;
  readonly songs: readonly DemoSong[];
}

export interface DemoSong {
  readonly artistName: string;
  readonly title: string;
  readonly guests: readonly string[];
  /** The releases one can play, each under an id of its own; the first one is the album's. */
  readonly tracks: readonly [DemoTrack, ...DemoTrack[]];
  readonly durationMs: number;
  readonly isExplicit: boolean;
  readonly features: AudioFeatures;
  /** How much the song stands out among its artist's, in (0, 1]. */
  readonly appeal: number;
  readonly catalogued: "by id" | "by name" | "not at all";
}

export interface DemoTrack {
  readonly trackId: string;
  readonly trackName: string;
  readonly albumName: string;
}

/** All artists this listener ever plays, best liked first. */
export function demoDiscography(random: Prng): readonly DemoArtist[] {
  const genres = random.shuffled(demoGenres.flatMap((genre) => Array.from({ length: genre.artists }, () => genre)));
  const names = new Set<string>();
  const artists = genres.map(() => untaken(names, () => artistName(random)));
  const discoveries = random.shuffled(
    genres.map((_, index) => discoveryDay((index + random.uniform()) / genres.length)),
  );
  return genres.map((genre, rank) => {
    const others = artists.filter((_, index) => index !== rank);
    return drawArtist(
      { name: itemAt(artists, rank), genre, rank, others, discovery: itemAt(discoveries, rank) },
      random.fork(`artist ${rank}`),
    );
  });
}

/** Every song of these artists. */
export function songsOf(artists: readonly DemoArtist[]): readonly DemoSong[] {
  return artists.flatMap((artist) => artist.albums.flatMap((album) => album.songs));
}

interface ArtistIdentity {
  readonly name: string;
  readonly genre: DemoGenre;
  readonly rank: number;
  readonly others: readonly string[];
  /** When the artist is discovered, unless known before. */
  readonly discovery: number;
}

function drawArtist(identity: ArtistIdentity, random: Prng): DemoArtist {
  const { name, genre, rank } = identity;
  const isKnown = random.chance(rank < 6 ? 0.7 : 0.35);
  const discoveredOn = isKnown ? -1000 : identity.discovery;
  const around = soundOffset(random, { energy: 0, valence: 0, tempo: 0 }, 0.06);
  const titles = new Set<string>();
  const count = random.weighted([
    [1, 4],
    [2, 5],
    [3, rank < 25 ? 3 : 0.5],
  ]);
  const albums = Array.from({ length: count }, (_, index): DemoAlbum => {
    const isLast = index === count - 1;
    const releasedOn = isLast && count > 1 && random.chance(0.4) ? friday(random, discoveredOn) : -1;
    const title = untaken(titles, () => albumTitle(random));
    const offset = soundOffset(random, around, 0.03);
    const draw = (): DemoSong => drawSong({ ...identity, album: title, offset, titles }, random);
    return { title, releasedOn, songs: Array.from({ length: random.integer(5, 10) }, draw) };
  });
  return { name, genre, affinity: 6 / (rank + 6), discoveredOn, albums };
}

function discoveryDay(share: number): number {
  return Math.floor(8 + share * (demoPeriod.days - 48));
}

/** Albums come out on Fridays; day 0 is a Sunday. */
function friday(random: Prng, discoveredOn: number): number {
  const earliest = Math.max(20, discoveredOn);
  return Math.floor(random.between(earliest, demoPeriod.days - 20) / 7) * 7 + 5;
}

interface SongIdentity extends ArtistIdentity {
  readonly album: string;
  readonly offset: Parameters<typeof audioFeatures>[2];
  readonly titles: Set<string>;
}

function drawSong(identity: SongIdentity, random: Prng): DemoSong {
  const { genre, rank } = identity;
  const title = untaken(identity.titles, () => songTitle(random));
  const guests = random.chance(0.08) ? [random.pick(identity.others)] : [];
  const uniform = random.uniform();
  return {
    artistName: identity.name,
    title,
    guests,
    tracks: drawTracks(title + featuring(guests, random), identity.album, random),
    durationMs: Math.round(Math.max(92_000, random.normal(genre.name === "fog-ambient" ? 290_000 : 208_000, 42_000))),
    isExplicit: random.chance(genre.speechiness > 0.2 ? 0.45 : 0.04),
    features: audioFeatures(random, genre, identity.offset),
    appeal: 0.04 + 0.96 * uniform * uniform * uniform,
    catalogued: random.weighted([
      ["by id", rank < 40 ? 8.4 : 6.2],
      ["by name", 1.2],
      ["not at all", rank < 40 ? 1.2 : 3.4],
    ]),
  };
}

function featuring(guests: readonly string[], random: Prng): string {
  return guests.length > 0 && random.chance(0.7) ? ` (feat. ${guests.join(", ")})` : "";
}

/** One song in six came out as a single too, some of them remastered: the same song under a second id. */
function drawTracks(name: string, albumName: string, random: Prng): DemoSong["tracks"] {
  const album = { trackId: demoId(random), trackName: name, albumName };
  if (!random.chance(0.16)) return [album];
  const trackName = random.chance(0.15) ? `${name} - Remastered ${random.integer(2012, 2022)}` : name;
  return [album, { trackId: demoId(random), trackName, albumName: `${trackName} (Demo)` }];
}
