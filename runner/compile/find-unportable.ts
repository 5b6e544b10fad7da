/** Something in a statement of DuckDB that Trino has not, or takes in another sense. */
export interface Unportable {
  /** In the text, characters. */
  readonly offset: number;
  /** As it stands there. */
  readonly construct: string;
  /** `silent`: Trino runs it and gives other rows; `fails`: it says why it does not. */
  readonly kind: "fails" | "silent";
  /** What does the same on both. */
  readonly instead: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: Unportable["kind"];
  readonly instead: string;
}

const fails = (pattern: RegExp, instead: string): Rule => ({ pattern, kind: "fails", instead });
const silent = (pattern: RegExp, instead: string): Rule => ({ pattern, kind: "silent", instead });
const call = (names: string): RegExp => new RegExp(String.raw`(?<![\w.])(?:${names})\s*\(`, "gi");

/** Seen on Trino 476 and DuckDB 1.5. */
const rules: readonly Rule[] = [
  silent(
    call("date_diff|datediff"),
    "whole units from epoch milliseconds: DuckDB counts boundaries that are crossed, Trino whole units",
  ),
  silent(/\bextract\s*\(\s*dow\b/gi, "day_of_week by a macro of both dialects: Sunday is 0 in DuckDB and 7 in Trino"),
  fails(
    /\bextract\s*\(\s*(?!(?:year|quarter|month|week|day|hour|minute|second|doy|dow)\b)\w+(?=\s+from\b)/gi,
    "extract(year from …) or another field of both, or a macro of both dialects",
  ),
  fails(call("date_part|datepart"), "extract(year from …)"),
  fails(/::/g, "cast(… as …)"),
  fails(/\bgroup\s+by\s+all\b/gi, "the columns by their names"),
  fails(/\border\s+by\s+all\b/gi, "the columns by their names"),
  fails(/\*\s+(?:exclude|replace|rename)\b/gi, "the columns by their names"),
  fails(/\bcolumns\s*\(/gi, "the columns by their names"),
  fails(/\bfilter\s*\((?!\s*where\b)/gi, "filter (where …)"),
  fails(
    /\bfilter\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*over\b/gi,
    "if(…, x, null) within the aggregate: Trino filters no window",
  ),
  fails(/\bas\s+\w+\s*\)\s*over\b/gi, "the window within the cast"),
  fails(/\bqualify\b/gi, "the window in a CTE, and where in the next"),
  fails(/\basof\b/gi, "a join and row_number()"),
  fails(/\b(?:positional|semi|anti)\s+join\b/gi, "exists, or not exists"),
  fails(/\bby\s+name\b/gi, "the columns in the same order"),
  fails(/\b(?:pivot|unpivot)\b/gi, "a case for each column, or cross join unnest"),
  fails(/\bdistinct\s+on\b/gi, "row_number() in a CTE"),
  fails(/\bfrom\s+range\b|(?<![\w.])(?:range|generate_series)\s*\(/gi, "unnest(sequence(…)) by a dialect macro"),
  fails(/\binterval\s+\d+|\binterval\s*\(/gi, "interval '30' day"),
  fails(/(?<!\b(?:cross\s+join|from)\s+)\bunnest\s*\(/gi, "cross join unnest(…) as t (x)"),
  fails(call("quantile|quantile_cont|quantile_disc|median"), "ranks in a CTE: Trino has approx_percentile only"),
  fails(call("mode"), "row_number() over counts, in a CTE"),
  fails(call("regr_r2"), "power(corr(y, x), 2)"),
  fails(call("arg_max|arg_min|argmax|argmin"), "max_by or min_by, which both have"),
  fails(call("epoch_ms|epoch|epoch_us|make_date|make_timestamp"), "a macro of both dialects"),
  fails(
    call("to_(?:milliseconds|seconds|minutes|hours|days|weeks|months|years)"),
    "interval '1' day * n, by a macro of both dialects",
  ),
  fails(
    call("dayofweek|isodow|weekday|dayofyear|weekofyear|dayname|monthname|last_day"),
    "extract(…), by a macro of both dialects",
  ),
  fails(call("strftime|strptime|try_strptime"), "date_format or date_parse by a dialect macro"),
  fails(
    /(?<![\w.])(?:(?:md5|sha256)\s*\((?!\s*to_utf8)|hash\s*\()/gi,
    "to_hex(md5(to_utf8(…))) by a macro of both dialects",
  ),
  fails(
    call("list|list_\\w+|array_\\w*append|len|struct_pack|struct_extract|row_to_json"),
    "array_agg, cardinality, cast(row(…) as row(…))",
  ),
  fails(call("string_agg|listagg|group_concat"), "array_join(array_agg(…), ',')"),
  fails(
    call("strip_accents|regexp_full_match|regexp_matches|regexp_extract_all|string_split|str_split"),
    "regexp_like, split",
  ),
  fails(
    call("any_value_\\w+|bool_xor|product|kurtosis_pop|first|last|entropy|histogram_values"),
    "arbitrary, min or max",
  ),
  fails(
    call("to_json|from_json|json_(?:extract_string|extract_path\\w*|value|group_\\w+|transform\\w*)|parse_filename"),
    "json_format, cast(… as json)",
  ),
  fails(call("isnan|isfinite|isinf"), "is_nan, is_finite, is_infinite by a dialect macro"),
  fails(/\{\s*'/g, "cast(row(…) as row(…))"),
  fails(/(?<![\w\])])\[(?!\s*\])/g, "array[…]"),
  fails(/\w\s*->>?\s*/g, "json_extract_scalar"),
  fails(/(?<![&|])[&|](?![&|])|<<|>>(?!\w)/g, "bitwise_and, bitwise_or by a dialect macro"),
  fails(/\bfor\s+\w+\s+in\b/gi, "transform(…) by a dialect macro"),
  fails(/\/\//g, "floor(x / 3.0)"),
  fails(
    /\b(?:hugeint|uhugeint|ubigint|uinteger|usmallint|utinyint|float4|float8|int4|int8|text|string)\b(?=\s*\))/gi,
    "bigint, double, varchar",
  ),
];

/** What of a statement would not run on Trino as it stands, or would give other rows, by its place; strings and comments are left alone. */
export function findUnportable(sql: string): readonly Unportable[] {
  const code = maskTexts(sql);
  const found = rules.flatMap(({ pattern, kind, instead }) =>
    [...code.matchAll(pattern)].map((match) => ({
      offset: match.index,
      construct: sql
        .slice(match.index, match.index + match[0].length)
        .replaceAll(/\s+/g, " ")
        .replace(/\s*\($/, ""),
      kind,
      instead,
    })),
  );
  return found.toSorted((left, right) => left.offset - right.offset);
}

/** The same text with the insides of strings, quoted names and comments as spaces, so that offsets stay. */
function maskTexts(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, (text) =>
    text.startsWith("'") ? `'${" ".repeat(Math.max(0, text.length - 2))}'` : text.replaceAll(/[^\n]/g, " "),
  );
}
