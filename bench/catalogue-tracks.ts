import { featureTable, type FeatureTable } from "../runner/learning/algorithms/feature-table.ts";
import { type Split, groupedFolds } from "../runner/learning/algorithms/folds.ts";
import { cellText } from "../runner/warehouse/cells.ts";
import { withDuckDB } from "../runner/warehouse/duckdb.ts";

/** The catalogue, a row a track, with five folds in which an artist's tracks stay together. */
export interface CatalogueTracks {
  /** All audio features, popularity, duration and explicit. */
  readonly features: FeatureTable;
  readonly genres: readonly string[];
  readonly artists: readonly string[];
  readonly folds: readonly Split[];
}

const featureNames = [
  "popularity",
  "duration_ms",
  "explicit",
  "danceability",
  "energy",
  "key",
  "loudness",
  "mode",
  "speechiness",
  "acousticness",
  "instrumentalness",
  "liveness",
  "valence",
  "tempo",
  "time_signature",
];

/** Reads the catalogue; of a track in several genres the first row counts. */
export async function readCatalogueTracks(path: string): Promise<CatalogueTracks> {
  const rows = await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    return connection.query(
      `select distinct on (track_id)
         coalesce(split_part(artists, ';', 1), '') as artist, track_genre,
         ${featureNames.map((name) => `${name}::double as ${name}`).join(", ")}
       from read_csv('${path.replaceAll("'", "''")}', header = true)
       order by track_id, column00`,
    );
  });
  const artists = rows.map((row) => cellText(row["artist"]));
  const columns = featureNames.map((name) => [name, rows.map((row) => Number(row[name] ?? Number.NaN))] as const);
  return {
    features: featureTable(Object.fromEntries(columns)),
    genres: rows.map((row) => cellText(row["track_genre"])),
    artists,
    folds: groupedFolds(artists, 5, "catalogue"),
  };
}
