/** A user's mistake with its place. Lines and columns count from 1; `source` is the text of that line. */
export interface Diagnostic {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly hint?: string;
  readonly source?: string;
}

/** Everything a stage found wrong with the project or the command line; exit code 2 unless said otherwise. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: 1 | 2;

  constructor(diagnostics: readonly Diagnostic[], exitCode: 1 | 2 = 2, options?: ErrorOptions) {
    super(diagnostics.map(formatDiagnostic).join("\n\n"), options);
    this.diagnostics = diagnostics;
    this.exitCode = exitCode;
  }
}

/** Renders `path:line:column message`, the line with a caret under the column, and the hint. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { path, line, column, message, hint, source } = diagnostic;
  const place = [path, line, line === undefined ? undefined : column].filter(Boolean).join(":");
  const lines = [`${place} ${message}`];
  if (source !== undefined && line !== undefined) {
    const gutter = `${line} | `;
    lines.push("", gutter + source);
    if (column !== undefined) lines.push(" ".repeat(gutter.length) + caretIndent(source, column) + "^");
  }
  if (hint !== undefined) lines.push("", hint);
  return lines.join("\n");
}

/** Line and column of an offset, counted from 1, with the text of the line. */
export function locate(text: string, offset: number): { line: number; column: number; source: string } {
  const at = Math.max(0, Math.min(offset, text.length));
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  const source = text.slice(start, end === -1 ? text.length : end).trimEnd();
  return { line: text.slice(0, start).split("\n").length, column: at - start + 1, source };
}

/** "did you mean 'x'?" for the candidate nearest to a misspelt word, or undefined when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(Math.min(2, word.length - 1), Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === undefined ? undefined : `did you mean '${best}'?`;
}

function caretIndent(source: string, column: number): string {
  return source.slice(0, column - 1).replace(/[^\t]/g, " ");
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = costAt(rows, i - 1, j - 1) + (left[i - 1] === right[j - 1] ? 0 : 1);
      let cost = Math.min(costAt(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, substitution);
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (i > 1 && j > 1 && swapped) cost = Math.min(cost, costAt(rows, i - 2, j - 2) + 1);
      row.push(cost);
    }
    rows.push(row);
  }
  return costAt(rows, left.length, right.length);
}

function costAt(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}
