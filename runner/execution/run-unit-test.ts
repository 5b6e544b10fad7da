import { renderIdentifier } from "../compile/helpers.ts";
import type { Manifest, ManifestNode, ModelNode } from "../compile/manifest.ts";
import { didYouMean, formatDiagnostic } from "../diagnostics.ts";
import type { Place, UnitTest } from "../project/project.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { ReadText } from "../project/project-texts.ts";
import { compareRelations, type RelationDifference } from "./compare-relations.ts";
import { createFixture, type FixtureProblem } from "./fixtures.ts";
import { locateStatement } from "./locate-failure.ts";
import { describeRelation } from "./relation-content.ts";

/** How a unit test ended; `difference` has the expected rows as `before` and those that the model gave as `after`. */
export type UnitTestResult =
  | { readonly status: "pass" }
  | { readonly status: "fail"; readonly difference: RelationDifference; readonly key: readonly string[] }
  | { readonly status: "error"; readonly message: string };

/** Runs a model's SQL on given rows, among empty typed tables of all that it reads, and compares; everything is rolled back. */
export async function runUnitTest(
  connection: Connection,
  test: UnitTest,
  from: { readonly manifest: Manifest; readonly readText: ReadText; readonly key: readonly string[] },
): Promise<UnitTestResult> {
  const { manifest, readText } = from;
  const model = Object.values(manifest.nodes).find((node) => node.resourceType === "model" && node.name === test.model);
  const error = (place: Place, { message, hint }: FixtureProblem): UnitTestResult => {
    const source = readText(test.path).split("\n")[place.line - 1] ?? "";
    return { status: "error", message: formatDiagnostic({ path: test.path, ...place, source, message, hint }) };
  };
  if (model?.resourceType !== "model") throw new Error(`The manifest has no model ${test.model}.`);
  const inputs = findInputs(test, model, manifest);
  if ("problem" in inputs) return error(inputs.place, inputs.problem);
  const prepare = async (): Promise<UnitTestResult | null> => {
    await connection.run("begin");
    for (const { node, given } of inputs) {
      const problem = await replaceByGiven(connection, node, given);
      if (problem !== null)
        return error(given.place, { ...problem, message: `given ${given.input}: ${problem.message}` });
    }
    return null;
  };
  try {
    const failure =
      (await prepare()) ?? (await runModel(connection, model, { test, inputs, manifest, readText, prepare }));
    if (failure !== null) return failure;
    return await compare(connection, test, { key: from.key, error });
  } finally {
    await connection.run("rollback").catch(() => undefined);
  }
}

async function replaceByGiven(
  connection: Connection,
  node: ManifestNode,
  { rows }: UnitTest["given"][number],
): Promise<FixtureProblem | null> {
  const { kind, columns: types } = await describeRelation(connection, node);
  await connection.run(`drop ${kind ?? "table"} if exists ${node.relation}`);
  return createFixture(connection, rows, { table: node.relation, types });
}

interface GivenInput {
  readonly node: ManifestNode;
  readonly given: UnitTest["given"][number];
}

/** The relations that the given rows stand for; what the model reads and nobody gave, seeds apart, is a mistake. */
function findInputs(
  test: UnitTest,
  model: ModelNode,
  { nodes }: Manifest,
): readonly GivenInput[] | { readonly place: Place; readonly problem: FixtureProblem } {
  const reads = model.reads.flatMap((uniqueId) => nodes[uniqueId] ?? []);
  const nameOf = (node: ManifestNode): string => (node.resourceType === "source" ? node.relation : node.name);
  const found: GivenInput[] = [];
  for (const given of test.given) {
    const node = given.input === "this" ? model : reads.find((read) => nameOf(read) === given.input);
    if (node === undefined) {
      const hint = didYouMean(given.input, reads.map(nameOf)) ?? `it reads ${reads.map(nameOf).join(", ")}`;
      return { place: given.place, problem: { message: `${test.model} reads no '${given.input}'`, hint } };
    }
    found.push({ node, given });
  }
  const needed = test.overrides.isIncremental ? [...reads, model] : reads;
  const missing = needed.find((read) => read.resourceType !== "seed" && !found.some(({ node }) => node === read));
  if (missing === undefined) return found;
  const name = missing === model ? "this" : nameOf(missing);
  const message = `nothing is given for ${name}, which ${test.model} reads`;
  return { place: test.place, problem: { message, hint: `add to given: { input: ${name}, rows: [] }` } };
}

interface ModelRun {
  readonly test: UnitTest;
  readonly inputs: readonly GivenInput[];
  readonly manifest: Manifest;
  readonly readText: ReadText;
  readonly prepare: () => Promise<unknown>;
}

async function runModel(connection: Connection, model: ModelNode, of: ModelRun): Promise<UnitTestResult | null> {
  const incremental = of.test.overrides.isIncremental && model.incrementalCode !== null;
  const head = "create or replace temp table tonearm_actual as\n";
  const code = incremental ? model.incrementalCode : model.compiledCode;
  const statement = { sql: `${head}${code}`, codeOffset: head.length };
  try {
    await connection.run(statement.sql);
    return null;
  } catch (cause) {
    const failed = { node: model, statement, incremental, error: cause };
    const explained = formatDiagnostic(await locateStatement(connection, failed, of));
    const lacking = lackingInput(cause, of.inputs);
    const message = lacking === null ? explained : `${lacking}\n${explained}`;
    return { status: "error", message: `${of.test.path}:${of.test.place.line} ${of.test.name}: ${message}` };
  }
}

/** A column that the model reads and the given rows leave out is no column of nulls. */
function lackingInput(cause: unknown, inputs: readonly GivenInput[]): string | null {
  const text = cause instanceof Error ? cause.message : String(cause);
  const name = /"name":"(?:[^"]*\.)?([^".]+)"/.exec(text)?.[1] ?? /column named "([^"]+)"/.exec(text)?.[1];
  if (name === undefined) return null;
  const given = inputs.filter(({ given: { rows } }) => rows.format !== "sql" && rows.records.length > 0);
  const candidates = given.map(({ given: { input } }) => input);
  return candidates.length === 0
    ? null
    : `column '${name}' is read, but is not among the rows given for ${candidates.join(", ")}`;
}

async function compare(
  connection: Connection,
  test: UnitTest,
  {
    key,
    error,
  }: { readonly key: readonly string[]; readonly error: (place: Place, problem: FixtureProblem) => UnitTestResult },
): Promise<UnitTestResult> {
  const { columns } = await describeRelation(connection, { schema: "main", name: "tonearm_actual", database: "temp" });
  const expected = "temp.tonearm_expected";
  await connection.run(`drop table if exists ${expected}`);
  const problem = await createFixture(connection, test.expect, { table: expected, types: columns });
  if (problem !== null) return error(test.expectPlace, { ...problem, message: `expect: ${problem.message}` });
  const shape = await describeRelation(connection, { schema: "main", name: "tonearm_expected", database: "temp" });
  const names = shape.columns.map(({ name }) => renderIdentifier(name)).join(", ");
  await connection.run(`create or replace temp view tonearm_given_rows as select ${names} from temp.tonearm_actual`);
  const wanted = test.key ?? key;
  const isKnown = wanted.every((column) => shape.columns.some(({ name }) => name === column));
  const pair = { before: expected, after: "temp.tonearm_given_rows", key: isKnown ? wanted : [] };
  const difference = await compareRelations(connection, pair, 20);
  const isSame = difference.added + difference.removed + (difference.changed ?? 0) === 0;
  return isSame ? { status: "pass" } : { status: "fail", difference, key: pair.key };
}
