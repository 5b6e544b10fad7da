import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

import { parseCsvRows } from "./csv.ts";
import { groupBy, type RawPlay } from "./raw-export.ts";

export const featureNames = [
  "danceability",
  "energy",
  "loudness",
  "speechiness",
  "acousticness",
  "instrumentalness",
  "valence",
  "tempo",
] as const;

export type FeatureName = (typeof featureNames)[number];
export type Features = Readonly<Record<FeatureName, number | null>>;

export interface CatalogueTrack {
  readonly trackId: string;
  readonly trackName: string;
  readonly artistName: string;
  readonly features: Features;
}

/** Plays certainly and possibly matched, whatever way titles are normalised within the specification. */
export interface CoverageBounds {
  readonly byId: Bounds;
  readonly byIdOrName: Bounds;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** The catalogue of a gzipped Kaggle CSV, one entry a row; a tempo of 0 means that there is none. */
export async function readCatalogue(path: string): Promise<readonly CatalogueTrack[]> {
  const rows = parseCsvRows(gunzipSync(await readFile(path)).toString("utf8"));
  return rows.map((row) => ({
    trackId: row["track_id"] ?? "",
    trackName: row["track_name"] ?? "",
    artistName: row["artists"]?.split(";")[0] ?? "",
    features: featuresOf(row),
  }));
}

/** How many of the plays the catalogue covers by track id, and by id or by title and first artist. */
export function coverageOf(plays: readonly RawPlay[], catalogue: readonly CatalogueTrack[]): CoverageBounds {
  const ids = new Set(catalogue.map((track) => track.trackId));
  const hasId = (play: RawPlay) => play.trackId !== null && ids.has(play.trackId);
  const count = (keyOf: SongKey, names: ReadonlySet<string>) => {
    const songsWithId = new Set(plays.filter(hasId).map(keyOf));
    const byId = plays.filter((play) => hasId(play) || songsWithId.has(keyOf(play)));
    const byEither = plays.filter((play) => songsWithId.has(keyOf(play)) || names.has(keyOf(play)));
    return { byId: byId.length, byEither: byEither.length };
  };
  const strict = count(sameText, new Set(catalogue.map(sameText)));
  const loose = count(looseSong, new Set(catalogue.map(looseSong)));
  return {
    byId: { least: strict.byId, most: loose.byId },
    byIdOrName: { least: strict.byEither, most: loose.byEither },
  };
}

/** Features of the played tracks that have one possible answer: their own id is listed, and no other id could be of their song. */
export function certainFeatures(
  plays: readonly RawPlay[],
  catalogue: readonly CatalogueTrack[],
): ReadonlyMap<string, Features> {
  const byId = new Map(catalogue.map((track) => [track.trackId, track.features]));
  const answers = new Map<string, Features>();
  for (const song of groupBy(plays, looseSong).values()) {
    const listed = new Map(song.flatMap((play) => featuresFor(play, byId)));
    const [features, ...others] = new Set([...listed.values()].map((value) => JSON.stringify(value)));
    if (features === undefined || others.length > 0) continue;
    for (const [trackId, value] of listed) answers.set(trackId, value);
  }
  return answers;
}

interface Named {
  readonly trackName: string | null;
  readonly artistName: string | null;
}

type SongKey = (song: Named) => string;

/** The narrowest reading of "the same song": title and first artist are equal as written, but for case and outer spaces. */
export function sameText(song: Named): string {
  return `${(song.trackName ?? "").trim().toLowerCase()}\n${(song.artistName ?? "").trim().toLowerCase()}`;
}

/** The widest reading: every bracket, everything after " - " or "feat.", accents and punctuation are dropped. */
export function looseSong(song: Named): string {
  return `${looseTitle(song.trackName ?? "")}\n${letters(song.artistName?.split(";")[0] ?? "")}`;
}

function looseTitle(title: string): string {
  const bare = title
    .replace(/[([{].*?[)\]}]/g, " ")
    .replace(/\s[-–—/|:]\s.*$/, " ")
    .replace(/\b(feat|ft|featuring|with)\b.*$/i, " ");
  return letters(bare) || letters(title) || title.trim();
}

function letters(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, "");
}

function featuresFor(play: RawPlay, byId: ReadonlyMap<string, Features>): readonly (readonly [string, Features])[] {
  const features = play.trackId === null ? undefined : byId.get(play.trackId);
  return play.trackId === null || features === undefined ? [] : [[play.trackId, features]];
}

function featuresOf(row: Readonly<Record<string, string>>): Features {
  const value = (name: FeatureName) => (row[name] === undefined || row[name] === "" ? null : Number(row[name]));
  return {
    danceability: value("danceability"),
    energy: value("energy"),
    loudness: value("loudness"),
    speechiness: value("speechiness"),
    acousticness: value("acousticness"),
    instrumentalness: value("instrumentalness"),
    valence: value("valence"),
    tempo: value("tempo") === 0 ? null : value("tempo"),
  };
}
