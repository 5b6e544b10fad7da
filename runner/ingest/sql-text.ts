/** A string as SQL writes it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A moment as a UTC TIMESTAMP. */
export function sqlTimestamp(moment: Date): string {
  return `timestamp '${moment.toISOString().replace("T", " ").replace("Z", "")}'`;
}

/** A path as a table function reads it: DuckDB would take * ? [ in a folder's name for a pattern. */
export function sqlPath(path: string): string {
  return sqlText(path.replace(/[*?[]/g, "[$&]"));
}

/** SQL for text that is a whole number of that type, null for any other: a bare cast would round 1.5 and take 1_000. */
export function wholeNumber(text: string, type: "INTEGER" | "BIGINT"): string {
  return (
    `case when try_cast(${text} as double) = try_cast(${text} as ${type}) and not contains(${text}, '_')` +
    ` then try_cast(${text} as ${type}) end`
  );
}

/** SQL for text that is a finite number, scientific notation included, null for any other. */
export function finiteNumber(text: string): string {
  return (
    `case when isfinite(try_cast(${text} as double)) and not contains(${text}, '_')` +
    ` then try_cast(${text} as double) end`
  );
}

/** The first label whose condition holds, null when none does. */
export function firstThatHolds(cases: readonly (readonly [condition: string, label: string])[]): string {
  const whens = cases.map(([condition, label]) => `when ${condition} then ${sqlText(label)}`);
  return `case\n        ${whens.join("\n        ")}\n    end`;
}
