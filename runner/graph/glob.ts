/** Whether a text is a pattern, as in shells: `*` any letters, `?` one, `[a-z]` one of these, `[!a]` none of them. */
export function hasWildcard(text: string): boolean {
  return /[*?[\]]/.test(text);
}

/** Whether a pattern stands for the whole text; `*` passes over every letter. */
export function matchesGlob(text: string, pattern: string): boolean {
  return toExpression(pattern, ".*").test(text);
}

/** The same of paths, in which only `**` passes over a slash; what stands for a folder stands for all that lies in it. */
export function matchesPath(path: string, pattern: string): boolean {
  const expression = toExpression(pattern.replace(/^\.\//, "").replace(/\/$/, ""), "[^/]*");
  const parts = path.split("/");
  return parts.some((_, at) => expression.test(parts.slice(0, at + 1).join("/")));
}

function toExpression(pattern: string, star: string): RegExp {
  const source = pattern.replace(/\*\*\/?|\*|\?|\[(!?)([^\]]+)\]|[.+^${}()|[\]\\]/g, (token, not: string, letters) => {
    if (token.startsWith("**")) return token.endsWith("/") ? "(?:.*/)?" : ".*";
    if (token === "*") return star;
    if (token === "?") return ".";
    if (typeof letters === "string") return `[${not === "" ? "" : "^"}${letters.replace(/[\\^\]]/g, String.raw`\$&`)}]`;
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`, "s");
}
