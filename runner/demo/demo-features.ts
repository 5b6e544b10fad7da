import type { DemoGenre } from "./demo-genres.ts";
import type { Prng } from "../prng.ts";

/** What Spotify's catalogue measures of a recording, in its own units and roundings. */
export interface AudioFeatures {
  readonly danceability: number;
  readonly energy: number;
  /** Pitch class, 0 is C. */
  readonly key: number;
  /** Decibels. */
  readonly loudness: number;
  /** 1 is major. */
  readonly mode: 0 | 1;
  readonly speechiness: number;
  readonly acousticness: number;
  readonly instrumentalness: number;
  readonly liveness: number;
  readonly valence: number;
  /** Beats a minute. */
  readonly tempo: number;
  readonly timeSignature: number;
}

/** How far an artist or an album lies from the average of the genre. */
export interface SoundOffset {
  readonly energy: number;
  readonly valence: number;
  readonly tempo: number;
}

/** An offset of an artist, or of an album around its artist's. */
export function soundOffset(random: Prng, around: SoundOffset, spread: number): SoundOffset {
  return {
    energy: around.energy + random.normal(0, spread),
    valence: around.valence + random.normal(0, spread),
    tempo: around.tempo + random.normal(0, spread * 90),
  };
}

/** One song's features: the genre's, moved by the offset, and coherent: what is louder is also more energetic and less acoustic. */
export function audioFeatures(random: Prng, genre: DemoGenre, offset: SoundOffset): AudioFeatures {
  const energyShift = offset.energy + random.normal(0, 0.06);
  const valenceShift = offset.valence + random.normal(0, 0.08);
  const energy = share(genre.energy + energyShift);
  const valence = share(genre.valence + valenceShift);
  const isMajor = random.chance(0.35 + 0.5 * valence);
  return {
    danceability: share(genre.danceability + 0.35 * valenceShift + random.normal(0, 0.06)),
    energy,
    key: random.integer(0, 11),
    loudness: rounded(-19.5 + 15.5 * energy + random.normal(0, 2), 3),
    mode: isMajor ? 1 : 0,
    speechiness: share(Math.max(0.023, genre.speechiness + random.normal(0, 0.02 + 0.2 * genre.speechiness))),
    acousticness: acousticness(random, genre.acousticness - 0.8 * energyShift),
    instrumentalness: instrumentalness(random, genre.instrumentalness),
    liveness: share(random.chance(0.07) ? random.between(0.5, 0.95) : random.between(0.06, 0.36)),
    valence,
    tempo: rounded(Math.max(52, genre.tempo + offset.tempo + random.normal(0, 11)), 3),
    timeSignature: random.weighted([
      [4, 90],
      [3, 8],
      [5, 2],
    ]),
  };
}

/** Rounded to so many decimals. */
export function rounded(value: number, decimals: number): number {
  const factor = Number(`1e${decimals}`);
  return Math.round(value * factor) / factor;
}

function share(value: number): number {
  return rounded(Math.min(0.988, Math.max(0.012, value)), 3);
}

function acousticness(random: Prng, mean: number): number {
  const value = mean + random.normal(0, 0.17);
  return value > 0.03 ? share(value) : significant(0.0002 + 0.03 * random.uniform() * random.uniform());
}

/** Songs with a voice lie near 0, spread over powers of ten, as in the catalogue. */
function instrumentalness(random: Prng, mean: number): number {
  if (random.chance(mean * 1.08)) return share(random.normal(0.8, 0.09));
  if (random.chance(0.3)) return 0;
  const uniform = random.uniform();
  return significant(0.000001 + 0.02 * uniform * uniform * uniform * uniform * uniform);
}

function significant(value: number): number {
  return Number(value.toPrecision(3));
}
