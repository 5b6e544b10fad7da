/** How a column of DuckDB stands in Postgres: its type there, as `format_type` writes it, and the text of a cell. */
export interface PostgresType {
  readonly type: string;
  /** SQL for the cell as Postgres reads it; null for null. */
  readonly text: (column: string) => string;
  /** Whether the text may hold commas, quotes and line ends. */
  readonly isFree: boolean;
  /** SQL for whether the cell holds a NUL byte, which Postgres stores nowhere; null where it cannot. */
  readonly hasNul: ((column: string) => string) | null;
}

export interface TypedColumn {
  readonly name: string;
  /** As DuckDB writes it: `DECIMAL(18,3)`, `STRUCT(a INTEGER)[]`. */
  readonly type: string;
}

const varchar = (column: string): string => `cast(${column} as varchar)`;
const plain = (type: string): PostgresType => ({ type, text: varchar, isFree: false, hasNul: null });
const text: PostgresType = {
  type: "text",
  text: varchar,
  isFree: true,
  hasNul: (column) => `contains(${varchar(column)}, chr(0))`,
};
const escapedNul = String.raw`'(?:^|[^\\])(?:\\\\)*\\u0000'`;
const json = (jsonText: PostgresType["text"]): PostgresType => ({
  type: "jsonb",
  text: jsonText,
  isFree: true,
  hasNul: (column) => `regexp_matches(${varchar(`to_json(${column})`)}, ${escapedNul})`,
});
// The session's time zone is UTC, and Postgres reads the `(BC)` of DuckDB's years before 1 as well.
const utc = plain("timestamp with time zone");

const scalars: Readonly<Record<string, PostgresType>> = {
  BOOLEAN: plain("boolean"),
  TINYINT: plain("smallint"),
  SMALLINT: plain("smallint"),
  INTEGER: plain("integer"),
  BIGINT: plain("bigint"),
  UTINYINT: plain("smallint"),
  USMALLINT: plain("integer"),
  UINTEGER: plain("bigint"),
  UBIGINT: plain("numeric(20,0)"),
  HUGEINT: plain("numeric(39,0)"),
  UHUGEINT: plain("numeric(39,0)"),
  FLOAT: plain("real"),
  DOUBLE: plain("double precision"),
  DATE: plain("date"),
  TIME: plain("time without time zone"),
  "TIME WITH TIME ZONE": plain("time with time zone"),
  TIMESTAMP: utc,
  TIMESTAMP_S: utc,
  TIMESTAMP_MS: utc,
  "TIMESTAMP WITH TIME ZONE": utc,
  INTERVAL: plain("interval"),
  UUID: plain("uuid"),
  BIT: plain("bit varying"),
  BLOB: { ...plain("bytea"), text: (column) => `'\\x' || hex(${column})` },
  VARCHAR: text,
  JSON: json(varchar),
};

/**
 * The lossless counterpart of a column in Postgres; undefined where there is none (nanoseconds).
 * Naive timestamps are UTC in every table of the project, unless the column's name says `local`.
 */
export function postgresType({ name, type }: TypedColumn): PostgresType | undefined {
  if (/(^|_)local(_|$)/.test(name) && /^TIMESTAMP(_M?S)?$/.test(type)) return plain("timestamp without time zone");
  if (/\[\d*\]$/.test(type) || /^(STRUCT|MAP|UNION)\(/.test(type)) return json(nestedText(type));
  if (/^DECIMAL\(\d+,\d+\)$/.test(type)) return plain(type.replace("DECIMAL", "numeric"));
  return type.startsWith("ENUM(") ? text : scalars[type];
}

/** JSON has no NaN and no infinity: cells that hold one have their floating-point numbers as strings. */
function nestedText(type: string): PostgresType["text"] {
  const stringly = type.replace(/"(?:[^"]|"")*"|\b(?:FLOAT|DOUBLE)\b/g, (token) =>
    token.startsWith('"') ? token : "VARCHAR",
  );
  return (column) => {
    const direct = varchar(`to_json(${column})`);
    const fallback = varchar(`to_json(cast(${column} as ${stringly}))`);
    const outsideNumbers = `regexp_matches(${direct}, '[\\[:,]-?(?:NaN|Infinity)[,\\]}]')`;
    return `case when ${column} is null then null when ${outsideNumbers} then ${fallback} else ${direct} end`;
  };
}
