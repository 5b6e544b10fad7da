import { mendText } from "./mend-text.ts";
import { getAFreshCopy, getAnExport } from "./remedies.ts";
import type { Intake, Origin, Refusal, SourceReader } from "./source-reader.ts";
import { firstThatHolds, sqlPath, sqlText, sqlTimestamp } from "./sql-text.ts";
import { watchArray } from "./watch-array.ts";

const columnTypes = {
  row_number: "bigint",
  ended_at: "timestamp",
  ms_played: "bigint",
  media_type: "varchar",
  track_id: "varchar",
  track_name: "varchar",
  artist_name: "varchar",
  album_name: "varchar",
  episode_id: "varchar",
  episode_name: "varchar",
  show_name: "varchar",
  audiobook_id: "varchar",
  audiobook_title: "varchar",
  chapter_id: "varchar",
  chapter_title: "varchar",
  author_name: "varchar",
  platform: "varchar",
  country: "varchar",
  reason_start: "varchar",
  reason_end: "varchar",
  shuffle: "boolean",
  skipped: "boolean",
  offline: "boolean",
  offline_at: "timestamp",
  incognito: "boolean",
  context_uri: "varchar",
} as const;

type PlayColumn = keyof typeof columnTypes;

/** One way in which Spotify writes plays into JSON arrays; in its SQL a field is named `raw_<field>`. */
export interface PlayLayout {
  readonly kind: "extended" | "account";
  /** Base names, without `.json`, of Spotify's own files. */
  readonly name: RegExp;
  /** Fields that every row has, and no row of another layout: the first is the end of the play, the second its milliseconds. */
  readonly marks: readonly [endedAt: string, msPlayed: string];
  /** The fields that are read; others, the personal ones, never are. */
  readonly fields: readonly string[];
  /** The form of the end of a play, as a regular expression. */
  readonly endForm: string;
  /** SQL of the landed columns; those left out are null. */
  readonly columns: Partial<Record<PlayColumn, string>>;
  /** Field with the listener's user name: compared, never landed. */
  readonly userName?: string;
}

/** Files beside the streaming history that are none of ours: not even opened when they are given by name. */
const privateFiles =
  /^(Userdata|Identity|Identifiers|Payments|SearchQueries|Inferences|Follow|Marquee|Playlist|YourLibrary|Wrapped)/i;
const historyLike = /stream\w*[\s_-]*history|end(song|video)/i;

/** A reader of one layout's JSON arrays of plays. */
export function playArrayReader(layout: PlayLayout): SourceReader {
  const marks = layout.marks.map((field) => keyPattern(field));
  const userName = layout.userName === undefined ? undefined : valuePattern(layout.userName);
  return {
    kind: layout.kind,
    table: "listening_history",
    position: "row_number",
    claims(name, wasNamed) {
      const json = /^(.*)\.json(\.gz)?$/i.exec(name)?.[1];
      if (json !== undefined && layout.name.test(json)) return "likely";
      const isOpen = wasNamed ? !/\.(csv|pdf|zip)(\.gz)?$/i.test(name) : json !== undefined && historyLike.test(json);
      return isOpen && !privateFiles.test(name) ? "possible" : "no";
    },
    recognisesHead: (head) => marks.every((mark) => mark.test(head)),
    userNameIn: (head) => (userName === undefined ? undefined : userName.exec(head)?.[1]),
    hasUserNames: layout.userName !== undefined,
    intake: () => intake(layout),
    explain: explainComplaint,
    foreign: {
      reasons: ["the row is no object", `${layout.marks[0]} is missing`],
      refusal: { message: `holds no streaming history: no row has a '${layout.marks[0]}'`, hint: getAnExport },
    },
  };
}

/** A key of an object, not the same letters inside a text, where the quotes are escaped. */
function keyPattern(field: string): RegExp {
  return new RegExp(String.raw`(?<!\\)"${field}"\s*:`);
}

function valuePattern(field: string): RegExp {
  return new RegExp(String.raw`(?<!\\)"${field}"\s*:\s*"((?:[^"\\]|\\.)+)"`);
}

function intake(layout: PlayLayout): Intake {
  const watched = watchArray((path, origin) => select(layout, path, origin));
  const text = mendText();
  return {
    write: (chunk) => text.write(watched.write(chunk)),
    finish() {
      const { rest, mended } = text.finish();
      const note = `${mended} damaged letters in its texts were read as \u{FFFD}`;
      return { ...watched.finish(), rest, ...(mended > 0 && { note }) };
    },
  };
}

function select(layout: PlayLayout, path: string, origin: Origin): string {
  const { fields, kind, columns, userName } = layout;
  const read = userName === undefined ? fields : [...fields, userName];
  const values = read.map((field, index) => `"values"[${index + 1}] as raw_${field}`);
  const landed = Object.entries(columnTypes).map(([name, type]) => {
    const expression = name === "row_number" ? "row_number" : isPlayColumn(name) ? columns[name] : undefined;
    return `${expression ?? `null::${type}`} as ${name}`;
  });
  return `
with

elements as (
    select
        row_number() over () as row_number,
        json_type(json) = 'OBJECT' as is_object,
        json_extract_string(json, [${read.map((field) => `'$.${field}'`).join(", ")}]) as "values"
    from read_json_objects(${sqlPath(path)}, format = 'array')
),

plays as (
    select row_number, is_object, ${values.join(", ")}
    from elements
)

select
    ${sqlText(origin.account)} as account,
    ${sqlText(kind)} as source_kind,
    ${sqlText(origin.batchId)} as batch_id,
    ${sqlText(origin.file)} as file,
    ${landed.join(",\n    ")},
    ${sqlTimestamp(origin.landedAt)} as landed_at,
    ${userName === undefined ? "" : `raw_${userName} as user_name,`}
    ${rejection(layout)} as rejection
from plays`;
}

function isPlayColumn(name: string): name is PlayColumn {
  return name in columnTypes;
}

/** No play is older than the company; the upper bound and a week at one go only catch damaged numbers. */
function rejection({ marks: [end, ms], endForm }: PlayLayout): string {
  return firstThatHolds([
    ["not is_object", "the row is no object"],
    [`raw_${end} is null`, `${end} is missing`],
    [`not regexp_full_match(raw_${end}, ${sqlText(endForm)})`, `${end} is not a UTC timestamp`],
    ["ended_at is null", `${end} is not a UTC timestamp`],
    ["ended_at < timestamp '2006-01-01' or ended_at >= timestamp '2100-01-01'", `${end} is out of range`],
    [`raw_${ms} is null`, `${ms} is missing`],
    ["ms_played is null", `${ms} is not a whole number`],
    ["ms_played < 0", `${ms} is negative`],
    ["ms_played > 7 * 24 * 3600 * 1000", `${ms} is out of range`],
  ]);
}

/** DuckDB's own words are not passed on: they may quote the file. */
function explainComplaint(complaint: string): Refusal | undefined {
  if (!/JSON/.test(complaint)) return undefined;
  const place = /in record\/value (\d+)/.exec(complaint)?.[1];
  const where = place === undefined ? "" : ` near row ${Math.max(1, Number(place) - 1)}`;
  return { message: `is not valid JSON${where}, so none of its rows landed`, hint: getAFreshCopy };
}
