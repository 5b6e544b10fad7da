import type { BuildState } from "../graph/build-state.ts";
import type { Connection, Row } from "../warehouse/duckdb.ts";
import type { CurrentRelease } from "../warehouse/releases.ts";
import type { LoadedProject } from "./project-options.ts";
import { withRelease } from "./read-release.ts";
import { alignTable } from "./text-table.ts";
import { cellText } from "../warehouse/cells.ts";

export interface SummaryInput {
  readonly release: CurrentRelease;
  /** State of the release before the run. */
  readonly before: BuildState;
  readonly loaded: LoadedProject;
}

const needed = ["plays", "listening_with_features", "streams", "feature_source_coverage"];

/** What a person wants to hear after a run: minutes a year, top artists, what is new, coverage, and what to do next. */
export async function summarize({ release, before, loaded }: SummaryInput): Promise<readonly string[]> {
  const { name } = loaded.project;
  const built = needed.every((model) => release.state.nodes[`model.${name}.${model}`] !== undefined);
  if (!built)
    return [
      "",
      "The summary needs plays, listening_with_features, streams and feature_source_coverage; not all are built.",
    ];
  const lines = await withRelease(release.path, async (connection) => {
    const plays = await first(connection, "select count(*) as plays from silver.plays");
    if (plays["plays"] === 0) return [...noPlays(loaded), ...(await coverage(connection, loaded))];
    return [
      ...(await years(connection)),
      ...(await topArtists(connection)),
      ...(await news(connection, { now: release.state, before, name })),
      ...(await coverage(connection, loaded)),
    ];
  });
  const demo = loaded.notice === null ? [] : ["", loaded.notice];
  return [...demo, ...lines, ...nextCommands(loaded)];
}

async function years(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query(`
    with bounds as (select min(listening_date) as first_date, max(listening_date) as last_date from silver.listening_with_features)
    select year(listening_date) as listening_year, round(sum(ms_played) / 60000)::bigint as minutes, count(*) as plays,
        count(*) filter (where is_stream) as streams,
        (year(listening_date) = year(first_date) and strftime(first_date, '%m-%d') > '01-01')
            or (year(listening_date) = year(last_date) and strftime(last_date, '%m-%d') < '12-31') as is_partial
    from silver.listening_with_features, bounds group by all order by listening_year`);
  const cells = rows.map((row) => [
    `${cellText(row["listening_year"])}${row["is_partial"] === true ? " (partial)" : ""}`,
    Number(row["minutes"]),
    Number(row["plays"]),
    Number(row["streams"]),
  ]);
  return heading("Minutes of music a year", alignTable(["year", "minutes", "plays", "streams"], cells));
}

async function topArtists(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query(`
    select arg_max(artist_name, started_at) as artist_name, round(sum(ms_played) / 60000)::bigint as minutes, count(*) as streams
    from gold.streams group by lower(artist_name) order by minutes desc, streams desc, artist_name limit 5`);
  const cells = rows.map((row, at) => [
    at + 1,
    cellText(row["artist_name"]),
    Number(row["minutes"]),
    Number(row["streams"]),
  ]);
  return heading("Top artists", alignTable(["#", "artist", "minutes", "streams"], cells));
}

async function news(
  connection: Connection,
  of: { readonly now: BuildState; readonly before: BuildState; readonly name: string },
): Promise<readonly string[]> {
  const rows = (state: BuildState, model: string): number => state.nodes[`model.${of.name}.${model}`]?.rows ?? 0;
  const span = await first(
    connection,
    "select min(listening_date) as first_date, max(listening_date) as last_date from silver.listening_with_features",
  );
  const period = `${day(span["first_date"])} to ${day(span["last_date"])}`;
  const total = `${number(rows(of.now, "plays"))} plays from ${period}`;
  const added = rows(of.now, "plays") - rows(of.before, "plays");
  const songs = rows(of.now, "songs") - rows(of.before, "songs");
  if (Object.keys(of.before.nodes).length === 0)
    return heading("New since the last run", [`This was the first run: ${total}.`]);
  if (added === 0 && songs === 0) return heading("New since the last run", [`Nothing; the warehouse holds ${total}.`]);
  return heading("New since the last run", [
    `${signed(added)} plays, ${signed(songs)} songs; the warehouse holds ${total}.`,
  ]);
}

async function coverage(connection: Connection, { inbox, project }: LoadedProject): Promise<readonly string[]> {
  const catalogue = await first(connection, "select count(*) as tracks from bronze.kaggle_tracks");
  if (catalogue["tracks"] === 0) {
    return heading("Audio features", [
      "There is no catalogue yet, so the mood tables are empty. Drop dataset.csv of the Spotify Tracks Dataset",
      "(kaggle.com/datasets/maharshipandya/-spotify-tracks-dataset, licence ODbL 1.0), plain or .gz,",
      `into ${inbox} and run again.`,
    ]);
  }
  const rows = await connection.query(
    "select feature_source, record_count, percentage from gold.feature_source_coverage order by percentage desc",
  );
  const averaged = project.vars["feature_sources"];
  const sources = Array.isArray(averaged) ? averaged.map(String) : [];
  const share = rows
    .filter((row) => sources.includes(cellText(row["feature_source"])))
    .reduce((sum, row) => sum + Number(row["percentage"]), 0);
  const parts = rows.map((row) => `${cellText(row["feature_source"])} ${Number(row["percentage"]).toFixed(1)} %`);
  return heading("Audio features", [
    `Known for ${share.toFixed(1)} % of your streams (${parts.join(", ")}).`,
    "Mood tables speak of those plays only, and they are no random sample: see feature_coverage_by_year.",
  ]);
}

function noPlays({ inbox }: LoadedProject): readonly string[] {
  return heading("No plays yet", [
    "Ask Spotify for your Extended streaming history: spotify.com → Account → Account privacy → Download your data.",
    `It comes by mail, within 30 days. Drop the zip into ${inbox} and run npm run pipeline again.`,
  ]);
}

function nextCommands({ dataDir, project, notice }: LoadedProject): readonly string[] {
  const demo = notice !== null;
  const folder = dataDir.startsWith(`${project.root}/`) ? dataDir.slice(project.root.length + 1) : dataDir;
  const prefix = demo ? `DATA_DIR=${folder} ` : "";
  return heading("Next", [
    `  ${prefix}npm run show -- --select top_tracks_by_mood --limit 10`,
    demo
      ? "  npm run pipeline          (with your own export in inbox/)"
      : `  duckdb -readonly ${folder}/warehouse.duckdb`,
  ]);
}

function heading(title: string, lines: readonly string[]): readonly string[] {
  return ["", title, ...lines];
}

async function first(connection: Connection, sql: string): Promise<Row> {
  const [row] = await connection.query(sql);
  return row ?? {};
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${number(value)}`;
}

function day(value: Row[string] | undefined): string {
  return value instanceof Date ? value.toISOString().slice(0, 10) : "–";
}
