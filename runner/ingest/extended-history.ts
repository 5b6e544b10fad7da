import { getAFreshCopy, getAnExport } from "./remedies.ts";
import type { Origin, Refusal, SourceReader } from "./source-reader.ts";
import { firstThatHolds, sqlPath, sqlText, sqlTimestamp, wholeNumber } from "./sql-text.ts";
import { watchArray } from "./watch-array.ts";

/** The personal fields (username, ip_addr, ip_addr_decrypted, user_agent_decrypted) are not on this list and so never read. */
const fields = [
  "ts",
  "ms_played",
  "platform",
  "conn_country",
  "master_metadata_track_name",
  "master_metadata_album_artist_name",
  "master_metadata_album_album_name",
  "spotify_track_uri",
  "episode_name",
  "episode_show_name",
  "spotify_episode_uri",
  "audiobook_title",
  "audiobook_uri",
  "audiobook_chapter_uri",
  "audiobook_chapter_title",
  "reason_start",
  "reason_end",
  "shuffle",
  "skipped",
  "offline",
  "offline_timestamp",
  "incognito_mode",
] as const;

const rowColumns = {
  row_number: "row_number",
  ended_at: "try_cast(ts as timestamp)",
  ms_played: wholeNumber("raw_ms_played", "BIGINT"),
  media_type: `case
        when spotify_track_uri != '' or master_metadata_track_name != '' then 'track'
        when audiobook_uri != '' or audiobook_chapter_uri != '' or raw_audiobook_title != '' then 'audiobook'
        when spotify_episode_uri != '' or raw_episode_name != '' then 'episode'
        else 'unknown'
    end`,
  track_id: idIn("spotify_track_uri", "track"),
  track_name: "master_metadata_track_name",
  artist_name: "master_metadata_album_artist_name",
  album_name: "master_metadata_album_album_name",
  episode_id: idIn("spotify_episode_uri", "[a-z]+"),
  episode_name: "raw_episode_name",
  show_name: "episode_show_name",
  audiobook_id: idIn("audiobook_uri", "[a-z]+"),
  audiobook_title: "raw_audiobook_title",
  chapter_id: idIn("audiobook_chapter_uri", "[a-z]+"),
  chapter_title: "audiobook_chapter_title",
  platform: "raw_platform",
  country: "conn_country",
  reason_start: "raw_reason_start",
  reason_end: "raw_reason_end",
  shuffle: "try_cast(raw_shuffle as boolean)",
  skipped: "try_cast(raw_skipped as boolean)",
  offline: "try_cast(raw_offline as boolean)",
  offline_at: `case
        when offline_timestamp_number > 100000000000 then try(make_timestamp_ms(offline_timestamp_number))
        when offline_timestamp_number != 0 then try(make_timestamp_ms(offline_timestamp_number * 1000))
    end`,
  incognito: "try_cast(incognito_mode as boolean)",
  context_uri: "null::varchar",
} as const;

/** No play is older than the company; the upper bound and a week at one go only catch damaged numbers. */
const rejection = firstThatHolds([
  ["not is_object", "the row is no object"],
  ["ts is null", "ts is missing"],
  [String.raw`not regexp_full_match(ts, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?')`, "ts is not a UTC timestamp"],
  ["ended_at is null", "ts is not a UTC timestamp"],
  ["ended_at < timestamp '2006-01-01' or ended_at >= timestamp '2100-01-01'", "ts is out of range"],
  ["raw_ms_played is null", "ms_played is missing"],
  ["ms_played is null", "ms_played is not a whole number"],
  ["ms_played < 0", "ms_played is negative"],
  ["ms_played > 7 * 24 * 3600 * 1000", "ms_played is out of range"],
]);

/** Reads extended streaming history: JSON arrays of plays, audio and video, of every year's columns. */
export const extendedHistory: SourceReader = {
  table: "listening_history",
  position: "row_number",
  recognisesName: (name) => /^Streaming_History_(Audio|Video).*\.json(\.gz)?$/i.test(name),
  recognisesFirstLine: () => false,
  intake: () => watchArray(select),
  explain: explainComplaint,
  foreign: {
    reasons: ["the row is no object", "ts is missing"],
    refusal: { message: "holds no streaming history: no row has a 'ts'", hint: getAnExport },
  },
};

function select(path: string, origin: Origin): string {
  const values = fields.map((field, index) => `"values"[${index + 1}] as ${rawName(field)}`);
  return `
with

elements as (
    select
        row_number() over () as row_number,
        json_type(json) = 'OBJECT' as is_object,
        json_extract_string(json, [${fields.map((field) => `'$.${field}'`).join(", ")}]) as "values"
    from read_json_objects(${sqlPath(path)}, format = 'array')
),

plays as (
    select row_number, is_object, ${values.join(", ")},
        try_cast("values"[${fields.indexOf("offline_timestamp") + 1}] as bigint) as offline_timestamp_number
    from elements
)

select
    ${sqlText(origin.account)} as account,
    'extended' as source_kind,
    ${sqlText(origin.batchId)} as batch_id,
    ${sqlText(origin.file)} as file,
    ${Object.entries(rowColumns)
      .map(([name, expression]) => `${expression} as ${name}`)
      .join(",\n    ")},
    ${sqlTimestamp(origin.landedAt)} as landed_at,
    ${rejection} as rejection
from plays`;
}

/** A field that shares its name with a landed column stands aside, so that an expression means one of the two. */
function rawName(field: string): string {
  return field in rowColumns ? `raw_${field}` : field;
}

function idIn(uri: string, kind: string): string {
  return `nullif(regexp_extract(${uri}, '^spotify:${kind}:([0-9A-Za-z]+)$', 1), '')`;
}

/** DuckDB's own words are not passed on: they may quote the file. */
function explainComplaint(complaint: string): Refusal | undefined {
  if (!/JSON/.test(complaint)) return undefined;
  const place = /in record\/value (\d+)/.exec(complaint)?.[1];
  const where = place === undefined ? "" : ` near row ${Math.max(1, Number(place) - 1)}`;
  return { message: `is not valid JSON${where}, so none of its rows landed`, hint: getAFreshCopy };
}
