import type { CatalogueRow } from "./demo-catalogue.ts";

/** The catalogue as Kaggle's file has it: an index without a name, 20 columns, quotes only where needed, floats as Python writes them. */
export function catalogueCsv(rows: readonly CatalogueRow[]): string {
  const lines = rows.map((row, index) => [index, ...columns.map(([, render]) => render(row))].join(","));
  return `${[["", ...columns.map(([name]) => name)].join(","), ...lines].join("\n")}\n`;
}

type Column = readonly [name: string, render: (row: CatalogueRow) => string];

const columns: readonly Column[] = [
  ["track_id", (row) => row.trackId],
  ["artists", (row) => quoted(row.artists)],
  ["album_name", (row) => quoted(row.albumName)],
  ["track_name", (row) => quoted(row.trackName)],
  ["popularity", (row) => String(row.popularity)],
  ["duration_ms", (row) => String(row.durationMs)],
  ["explicit", (row) => (row.isExplicit ? "True" : "False")],
  ["danceability", (row) => float(row.features.danceability)],
  ["energy", (row) => float(row.features.energy)],
  ["key", (row) => String(row.features.key)],
  ["loudness", (row) => float(row.features.loudness)],
  ["mode", (row) => String(row.features.mode)],
  ["speechiness", (row) => float(row.features.speechiness)],
  ["acousticness", (row) => float(row.features.acousticness)],
  ["instrumentalness", (row) => float(row.features.instrumentalness)],
  ["liveness", (row) => float(row.features.liveness)],
  ["valence", (row) => float(row.features.valence)],
  ["tempo", (row) => float(row.features.tempo)],
  ["time_signature", (row) => String(row.features.timeSignature)],
  ["track_genre", (row) => row.genre],
];

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Python writes 0.0 for 0 and turns to exponents of two digits below 0.0001. */
function float(value: number): string {
  if (Number.isInteger(value)) return `${value}.0`;
  return Math.abs(value) < 0.0001 ? value.toExponential().replace(/e-(\d)$/, "e-0$1") : String(value);
}
