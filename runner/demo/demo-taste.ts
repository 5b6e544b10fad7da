import { demoDay, demoPeriod } from "./demo-calendar.ts";
import type { DemoAlbum, DemoArtist, DemoSong } from "./demo-discography.ts";
import type { Prng } from "../prng.ts";

/** What music a moment asks for. */
export interface Mood {
  readonly energy: number;
  readonly valence: number;
  /** Left out where it makes no difference whether somebody sings. */
  readonly instrumentalness?: number;
}

/** A song with its place in the discography. */
export interface KnownSong {
  readonly song: DemoSong;
  readonly album: DemoAlbum;
  readonly artist: DemoArtist;
}

/** What this listener likes on which day. */
export interface DemoTaste {
  readonly songs: readonly KnownSong[];
  /** How strongly each of `songs` attracts in this mood on this day, in the same order; 0 for what is not known yet. */
  readonly attraction: (day: number, mood: Mood) => readonly number[];
  /** The song this listener plays again and again these weeks. */
  readonly obsession: (day: number) => KnownSong | undefined;
}

/** The taste for these artists, drifting over the two years. */
export function demoTaste(artists: readonly DemoArtist[], random: Prng): DemoTaste {
  const likings = artists.flatMap((artist) => songLikings(artist, random));
  const songs = likings.map(({ known }) => known);
  const periods = obsessions(likings, random);
  const obsession = (day: number): KnownSong | undefined =>
    periods.find((period) => day >= period.first && day <= period.last)?.known;
  const attraction = (day: number, mood: Mood): readonly number[] => {
    const craze = obsession(day);
    return likings.map(({ known, on }) => {
      const liking = on(day);
      return liking === 0 ? 0 : liking * harmony(known.song, mood) * (known === craze ? 5 : 1);
    });
  };
  return { songs, attraction, obsession };
}

/** How well a song suits a mood, in (0, 1]. */
export function harmony(song: DemoSong, mood: Mood): number {
  const { energy, valence, instrumentalness } = song.features;
  const wanted = mood.instrumentalness ?? instrumentalness;
  const distance =
    squared((energy - mood.energy) / 0.18) +
    squared((valence - mood.valence) / 0.21) +
    squared((instrumentalness - wanted) / 0.5);
  const nearness = 1 / (1 + distance / 2);
  return nearness * squared(nearness);
}

interface SongLiking {
  readonly known: KnownSong;
  readonly on: (day: number) => number;
}

function songLikings(artist: DemoArtist, random: Prng): readonly SongLiking[] {
  const songs = artist.albums.flatMap((album) => album.songs.map((song): KnownSong => ({ song, album, artist })));
  // Divided by their sum, so that an artist with many songs is played no more than one with few.
  const sum = songs.reduce((total, { song }) => total + song.appeal, 0);
  const artistPhases = phases(random, 0.35);
  const byDay = Array.from({ length: demoPeriod.days }, (_, day) => artistLiking(artist, day) * artistPhases(day));
  return songs.map((known) => {
    const songPhases = phases(random, 0.15);
    const liking = (day: number): number => (byDay[day] ?? 0) * songPhases(day) * freshness(known.album, day);
    return { known, on: (day) => (liking(day) * known.song.appeal) / sum };
  });
}

function artistLiking(artist: DemoArtist, day: number): number {
  if (day < artist.discoveredOn) return 0;
  const [first, last] = artist.genre.liking;
  const drifted = first + ((last - first) * day) / demoPeriod.days;
  const seasonal = Math.max(0.05, 1 + artist.genre.season * 0.7 * demoDay(day).summer);
  return artist.affinity * drifted * seasonal * (1 + 5 * fading(day - artist.discoveredOn, 16));
}

/** New albums are played a lot in their first weeks. */
function freshness(album: DemoAlbum, day: number): number {
  if (day < album.releasedOn) return 0;
  return album.releasedOn < 0 ? 1 : 1 + 4 * fading(day - album.releasedOn, 14);
}

/** Everybody tires of a song or an artist and comes back after months: between `low` and 1, up and down. */
function phases(random: Prng, low: number): (day: number) => number {
  const period = random.integer(180, 480);
  const shift = random.integer(0, period - 1);
  return (day) => low + (1 - low) * Math.abs(1 - (2 * ((day + shift) % period)) / period);
}

/** 1 at first, a half after `halfLife` days, almost nothing in the end. */
function fading(days: number, halfLife: number): number {
  return 1 / (1 + squared(days / halfLife));
}

function squared(value: number): number {
  return value * value;
}

interface Obsession {
  readonly first: number;
  readonly last: number;
  readonly known: KnownSong;
}

function obsessions(likings: readonly SongLiking[], random: Prng): readonly Obsession[] {
  const periods: Obsession[] = [];
  let first = random.integer(0, 20);
  while (first < demoPeriod.days) {
    const day = first;
    const known = random.weighted(likings.map((liking) => [liking.known, liking.on(day)] as const));
    const last = first + random.integer(12, 34);
    periods.push({ first, last, known });
    first = last + random.integer(3, 30);
  }
  return periods;
}
