import type { Manifest, ManifestNode, ManifestTest, ModelNode } from "../compile/manifest.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { ReadText } from "../project/project-texts.ts";
import { diagnoseStatement, diagnoseTest, type FailedStatement, parseError } from "./explain-failure.ts";
import { type FailingPlace, findFailingExpression } from "./find-failing-expression.ts";

/** What it takes to see a statement fail again: nothing of it lasts. */
export interface FailedRun {
  readonly manifest: Manifest;
  readonly readText: ReadText;
  /** Begins a transaction in which everything that the statement reads is as it was; none where nothing was changed. */
  readonly prepare?: () => Promise<unknown>;
}

/** Errors that depend on the rows; of casts alone DuckDB says where. */
const errorsOfRows: ReadonlySet<string | null> = new Set(["Conversion", "Out of Range", "Invalid Input"]);
/** A place is worth so much waiting, and a slow model is run again several times. */
const patienceMs = 30_000;
const head = "explain analyze\n";

/** Why a statement of a node failed, at its place in the template: what DuckDB does not say is found by running parts of it again. */
export async function locateStatement(
  connection: Connection,
  { node, ...failed }: FailedStatement & { readonly node: ManifestNode },
  run: FailedRun,
): Promise<Diagnostic> {
  const { statement, incremental, error } = failed;
  if (node.resourceType !== "model" || statement.codeOffset === null || !isOfRows(error)) {
    return diagnoseStatement(node, failed, run.readText);
  }
  await connection.run("rollback").catch(() => undefined);
  const inView = await locateInView(connection, { reads: node.reads, error, reader: node.path }, run);
  if (inView !== null) return inView;
  const sql = (incremental ? node.incrementalCode : null) ?? node.compiledCode;
  const place = await findPlace(connection, { sql, error }, run.prepare);
  return diagnoseStatement(node, { ...failed, place }, run.readText);
}

/** Why a data test could not run: at the place in its SQL, in that of a view that it reads, or at the line that declares it. */
export async function locateTest(
  connection: Connection,
  { test, error }: { readonly test: ManifestTest; readonly error: unknown },
  run: FailedRun,
): Promise<Diagnostic> {
  if (!isOfRows(error)) return diagnoseTest(test, { error }, run.readText);
  await connection.run("rollback").catch(() => undefined);
  const inView = await locateInView(connection, { reads: test.reads, error, reader: `data test ${test.name}` }, run);
  if (inView !== null) return inView;
  const sql = "compiledCode" in test.test ? test.test.compiledCode : null;
  const place = sql === null ? undefined : await findPlace(connection, { sql, error }, run.prepare);
  return diagnoseTest(test, { error, place }, run.readText);
}

/** Whether an error came of rows, not of the SQL. */
function isOfRows(error: unknown): boolean {
  return errorsOfRows.has(parseError(error).type);
}

/** A view fails where it is read, at a place in its own SQL; null when no view does. */
async function locateInView(
  connection: Connection,
  failed: { readonly reads: readonly string[]; readonly error: unknown; readonly reader: string },
  run: FailedRun,
): Promise<Diagnostic | null> {
  for (const view of viewsAmong(failed.reads, run.manifest)) {
    const sql = view.compiledCode;
    const error = await attempt(connection, sql, run.prepare);
    if (error === null || parseError(error).type !== parseError(failed.error).type) continue;
    const statement = { sql: `${head}${sql}`, codeOffset: head.length };
    const place = await findPlace(connection, { sql, error }, run.prepare);
    const hint = `seen when ${failed.reader} read it`;
    return diagnoseStatement(view, { statement, incremental: false, error, place, hint }, run.readText);
  }
  return null;
}

/** Where in a SELECT an error of rows comes from; undefined where DuckDB says it, or it is not found in time. */
async function findPlace(
  connection: Connection,
  { sql, error }: { readonly sql: string; readonly error: unknown },
  prepare: FailedRun["prepare"],
): Promise<FailingPlace | undefined> {
  if (parseError(error).position !== undefined) return undefined;
  const until = performance.now() + patienceMs;
  const fails = async (part: string): Promise<boolean> => {
    if (performance.now() > until) throw new Error("The search took too long.");
    return (await attempt(connection, part, prepare)) !== null;
  };
  return (await findFailingExpression(connection, sql, fails).catch(() => null)) ?? undefined;
}

/** Null, or why a SELECT fails; in a transaction that ends with it. */
async function attempt(connection: Connection, sql: string, prepare: FailedRun["prepare"]): Promise<unknown> {
  await prepare?.();
  try {
    await connection.run(`${head}${sql}`);
    return null;
  } catch (error) {
    return error;
  } finally {
    await connection.run("rollback").catch(() => undefined);
  }
}

/** Views of these nodes, and those that they read, upstream first. */
function viewsAmong(reads: readonly string[], { nodes, order }: Manifest): readonly ModelNode[] {
  const found = new Map<string, ModelNode>();
  const waiting = [...reads];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const read = nodes[next];
    if (read?.resourceType !== "model" || read.materialized !== "view" || found.has(next)) continue;
    found.set(next, read);
    waiting.push(...read.reads);
  }
  return order.flatMap((uniqueId) => found.get(uniqueId) ?? []);
}
