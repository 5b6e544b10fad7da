import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { CatalogueTracks } from "./catalogue-tracks.ts";
import { columnOf, moodLabels } from "./learning-tasks.ts";

/** Leaves the catalogue where other processes read it: columns of little-endian doubles and their names. */
export async function saveTracks(tracks: CatalogueTracks, folder: string): Promise<void> {
  const { names, columns, rowCount } = tracks.features;
  const genres = [...new Set(tracks.genres)];
  const genreNumbers = new Map(genres.map((genre, number) => [genre, number]));
  const folds = new Float64Array(rowCount);
  for (const [number, { holdout }] of tracks.folds.entries()) for (const row of holdout) folds[row] = number;
  const all = {
    ...Object.fromEntries(names.map((name) => [name, columnOf(tracks.features, name)])),
    mood: Float64Array.from(moodLabels(tracks.features)),
    genre: Float64Array.from(tracks.genres, (genre) => genreNumbers.get(genre) ?? 0),
    fold: folds,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "tracks.json"),
    JSON.stringify({ names: Object.keys(all), rowCount, features: columns.length }),
  );
  await writeFile(
    join(folder, "tracks.f64"),
    Buffer.concat(Object.values(all).map((column) => Buffer.from(column.buffer))),
  );
}
