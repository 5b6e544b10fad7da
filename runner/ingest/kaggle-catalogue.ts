import { didYouMean } from "../diagnostics.ts";
import { csvLines } from "./csv-lines.ts";
import { getTheCatalogue } from "./remedies.ts";
import type { Intake, IntakeResult, Origin, Refusal, SourceReader } from "./source-reader.ts";
import { finiteNumber, firstThatHolds, sqlPath, sqlText, sqlTimestamp, wholeNumber } from "./sql-text.ts";

type ColumnType = "text" | "flag" | "integer" | "bigint" | "number";

const columnTypes = {
  row_index: "bigint",
  track_id: "text",
  artists: "text",
  album_name: "text",
  track_name: "text",
  popularity: "integer",
  duration_ms: "bigint",
  explicit: "flag",
  danceability: "number",
  energy: "number",
  key: "integer",
  loudness: "number",
  mode: "integer",
  speechiness: "number",
  acousticness: "number",
  instrumentalness: "number",
  liveness: "number",
  valence: "number",
  tempo: "number",
  time_signature: "integer",
  track_genre: "text",
} as const satisfies Record<string, ColumnType>;

const readings = {
  text: { sql: (text) => text, complaint: "is not text" },
  flag: {
    sql: (text) => `case lower(${text}) when 'true' then true when 'false' then false end`,
    complaint: "is neither True nor False",
  },
  integer: { sql: (text) => wholeNumber(text, "INTEGER"), complaint: "is not a whole number" },
  bigint: { sql: (text) => wholeNumber(text, "BIGINT"), complaint: "is not a whole number" },
  number: { sql: finiteNumber, complaint: "is not a number" },
} satisfies Record<ColumnType, { sql: (text: string) => string; complaint: string }>;

const columns = Object.entries(columnTypes);
const missingId = "track_id is missing";

/** Reads the Kaggle catalogue of audio features, whatever the file's name and its columns' order. */
export const kaggleCatalogue: SourceReader = {
  kind: "catalogue",
  table: "kaggle_tracks",
  position: "line_number",
  claims: (name, wasNamed) =>
    /\.csv(\.gz)?$/i.test(name) || (wasNamed && !/\.(json|pdf)(\.gz)?$/i.test(name)) ? "possible" : "no",
  recognisesHead(head) {
    const names = columnNames(head.split("\n", 1)[0] ?? "");
    return columns.filter(([name]) => names.includes(name)).length > columns.length / 2;
  },
  userNameIn: () => undefined,
  hasUserNames: false,
  intake,
  explain: () => undefined,
  foreign: {
    reasons: [missingId],
    refusal: { message: "holds no tracks: no row has a 'track_id'", hint: getTheCatalogue },
  },
};

function intake(): Intake {
  const lines = csvLines();
  return {
    write: (chunk) => lines.write(chunk),
    finish() {
      const { rest, header, rows, rejections } = lines.finish();
      const rejected = rejections.reduce((sum, rejection) => sum + rejection.rows, 0);
      const names = columnNames(header);
      const refusal = refuse(names);
      const select: IntakeResult["select"] = (path, origin) => selectRows(path, origin, names);
      return { rest, rejections, staged: rows - rejected, select, ...(refusal !== undefined && { refusal }) };
    },
  };
}

/** The header's names; the first column has none in the file as published, and pandas calls it 'Unnamed: 0'. */
function columnNames(header: string): readonly string[] {
  const names = header.replace(/^\uFEFF/, "").split(",");
  return names.map((name, index) => {
    const plain = name.trim().replace(/^"(.*)"$/, "$1");
    return index === 0 && (plain === "" || plain === "Unnamed: 0") ? "row_index" : plain;
  });
}

function refuse(names: readonly string[]): Refusal | undefined {
  const missing = columns.map(([name]) => name).filter((name) => name !== "row_index" && !names.includes(name));
  const twice = names.filter((name, index) => name in columnTypes && names.indexOf(name) !== index);
  if (missing.length === 0 && twice.length === 0) return undefined;
  const unknown = names.filter((name) => !(name in columnTypes));
  const guess = missing[0] === undefined ? undefined : didYouMean(missing[0], unknown);
  const message = missing.length > 0 ? `the header lacks ${listed(missing)}` : `the header has ${listed(twice)} twice`;
  return { line: 1, message, hint: guess === undefined ? getTheCatalogue : `${guess} ${getTheCatalogue}` };
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}

function selectRows(path: string, origin: Origin, names: readonly string[]): string {
  const texts = names.map(
    (name, index) => `${sqlText(name in columnTypes ? `${name}_text` : `other_${index}`)}: 'VARCHAR'`,
  );
  const values = columns.map(([name, type]) =>
    names.includes(name) ? `${readings[type].sql(`${name}_text`)} as ${name}` : `null::bigint as ${name}`,
  );
  return `
select
    ${sqlText(origin.batchId)} as batch_id,
    line_number,
    ${values.join(",\n    ")},
    ${sqlTimestamp(origin.landedAt)} as landed_at,
    ${rejectionOf(names)} as rejection
from read_csv(
    ${sqlPath(path)},
    columns = {'line_number': 'BIGINT', ${texts.join(", ")}},
    auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = ''
)`;
}

function rejectionOf(names: readonly string[]): string {
  const unread = columns
    .filter(([name, type]) => type !== "text" && names.includes(name))
    .map(
      ([name, type]) =>
        [`${name}_text is not null and ${name} is null`, `${name} ${readings[type].complaint}`] as const,
    );
  return firstThatHolds([["track_id is null", missingId], ...unread]);
}
