import * as z from "zod";

import type { ManifestNode, ManifestTest } from "../compile/manifest.ts";
import { diagnoseAt, type SourceMap } from "../compile/source-map.ts";
import { renderFailures } from "../data-tests/render-data-test.ts";
import { type Diagnostic, didYouMean, formatDiagnostic, locate } from "../diagnostics.ts";
import { jsonText } from "../json-text.ts";
import type { Statement } from "../materializations/materialize.ts";
import type { ReadText } from "../project/project-texts.ts";
import type { FailingPlace } from "./find-failing-expression.ts";

const duckdbError = z.object({
  exception_type: z.string(),
  exception_message: z.string(),
  position: z.coerce.number().optional(),
  name: z.string().optional(),
  candidates: z.string().optional(),
});

interface EngineError {
  readonly type: string | null;
  readonly message: string;
  readonly position: number | undefined;
  readonly hint: string | undefined;
}

/** A statement of a node that failed; `incremental` tells which of the model's two texts it holds. */
export interface FailedStatement {
  readonly statement: Statement;
  readonly incremental: boolean;
  readonly error: unknown;
  /** Where in the node's own SQL it failed, where that was found otherwise than by DuckDB's word. */
  readonly place?: FailingPlace | undefined;
  readonly hint?: string | undefined;
}

/** Why a statement of a node failed, at the line of the template where it is known, else where its SQL begins. */
export function diagnoseStatement(node: ManifestNode, failed: FailedStatement, readText: ReadText): Diagnostic {
  const { message, position, hint } = parseError(failed.error);
  const map = sourceMapOf(node, failed.incremental);
  const { sql, codeOffset } = failed.statement;
  if (map === null || codeOffset === null) {
    return at({ path: node.path, line: 1, column: 1 }, message, hint, readText);
  }
  const bytes = Buffer.from(sql);
  const start = Buffer.byteLength(sql.slice(0, codeOffset));
  const known = failed.place === undefined ? position : start + failed.place.position;
  const offset = bytes.subarray(0, known ?? start).toString().length - codeOffset;
  const about = failed.place?.of === "step" ? "somewhere in the SELECT that stands here" : undefined;
  const unknown = known === undefined ? "DuckDB does not say where in this SQL" : undefined;
  const hints = [hint, about ?? unknown, failed.hint].filter((part) => part !== undefined);
  return diagnoseAt(map, offset, { message, hint: hints.length === 0 ? undefined : hints.join("\n"), text: readText });
}

/** Why a data test could not run: at the place in its SQL, or at the line that declares it. */
export function diagnoseTest(
  test: ManifestTest,
  failed: { readonly error: unknown; readonly place?: FailingPlace | undefined },
  readText: ReadText,
): Diagnostic {
  const { message, position, hint } = parseError(failed.error);
  if ("compiledCode" in test.test) {
    const { compiledCode, sourceMap } = test.test;
    const { sql, codeOffset } = renderFailures(test);
    const before = Buffer.from(`${testHead}${sql}`)
      .subarray(0, position ?? 0)
      .toString();
    const own = Math.max(0, before.length - testHead.length - codeOffset);
    const { place } = failed;
    const offset = place === undefined ? own : Buffer.from(compiledCode).subarray(0, place.position).toString().length;
    return diagnoseAt(sourceMap, offset, { message, hint, text: readText });
  }
  const full = `data test ${test.name} cannot run: ${message}`;
  return at({ path: test.path, ...test.place }, full, hint, readText);
}

/** A failed data test, at the line that declares it. */
export function explainFailures(
  test: ManifestTest,
  { status, failures }: { readonly status: "fail" | "warn"; readonly failures: number },
  readText: ReadText,
): string {
  const rows = `${failures === test.settings.limit ? "at least " : ""}${failures} ${failures === 1 ? "row" : "rows"}`;
  const message = `data test ${test.name} ${status === "warn" ? "warns of" : "fails on"} ${rows}`;
  return formatDiagnostic(at({ path: test.path, ...test.place }, message, undefined, readText));
}

/** What stands before a test's own SQL when it is run. */
export const testHead = "select count(*) as failures from (\n";

function at(
  place: { readonly path: string; readonly line: number; readonly column: number },
  message: string,
  ...[hint, readText]: [string | undefined, ReadText]
): Diagnostic {
  const lines = readText(place.path).split("\n");
  const start = lines.slice(0, place.line - 1).join("\n").length;
  const source = place.line === 1 ? lines[0] : locate(readText(place.path), start + 1).source;
  const shown = place.line === 1 && place.column === 1 ? {} : { source: source ?? "" };
  return { ...place, ...shown, message, ...(hint !== undefined && { hint }) };
}

/** What DuckDB says of an error, with the byte of the statement where it gives one. */
export function parseError(error: unknown): EngineError {
  const text = error instanceof Error ? error.message : String(error);
  const json = /\{.*\}$/s.exec(text)?.[0];
  const parsed = jsonText(duckdbError).safeParse(json);
  if (!parsed.success)
    return { type: null, message: text.replace(/^Invalid Input Error: /, ""), position: undefined, hint: undefined };
  const { exception_type: type, exception_message: message, position, name, candidates } = parsed.data;
  const known = (candidates ?? "").split(",").map((candidate) => candidate.trim().replaceAll('"', ""));
  const near = name === undefined ? undefined : didYouMean(name, known);
  // Of an operator DuckDB lists every pair of types that it takes.
  const isLong = message.split("\n").length > 10;
  const first = near === undefined && !isLong ? message : (message.split("\n")[0] ?? message);
  return { type, message: first, position, hint: near };
}

function sourceMapOf(node: ManifestNode, incremental: boolean): SourceMap | null {
  if (node.resourceType !== "model") return null;
  return incremental ? node.incrementalSourceMap : node.sourceMap;
}
