import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { renderIdentifier, renderLiteral } from "../compile/helpers.ts";
import type { Manifest, ManifestNode, ManifestTest, ModelNode } from "../compile/manifest.ts";
import { renderDataTest } from "../data-tests/render-data-test.ts";
import { type Connection, withDuckDB } from "../warehouse/duckdb.ts";
import { describeRelation } from "./relation-content.ts";
import { type Replay, replayBundle } from "./replay-bundle.ts";

/** What failed, and where it lies while its transaction is open. */
interface Failed {
  readonly manifest: Manifest;
  readonly node: ManifestNode;
  readonly tests: readonly ManifestTest[];
  readonly folder: string;
}

/**
 * Keeps beside the failing rows all that it takes to see the failure again: the rows of what the model reads as Parquet, `replay.json`, and
 * `replay.sql` for any DuckDB (0600). Of an input only the rows that share their values with failing ones, if these suffice to fail again.
 */
export async function keepFailureBundle(connection: Connection, failed: Failed): Promise<void> {
  const { manifest, node, tests, folder } = failed;
  const reads = new Set([...node.reads, ...tests.flatMap((test) => test.reads)]);
  if (isMadeBySql(node)) reads.delete(node.uniqueId);
  else reads.add(node.uniqueId);
  const inputs = [...reads].flatMap((uniqueId) => manifest.nodes[uniqueId] ?? []);
  await mkdir(join(folder, "inputs"), { recursive: true, mode: 0o700 });
  for (const input of inputs) await keepInput(connection, input, { ...failed, isWhole: false });
  const replay = replayOf(node, tests, inputs);
  await writeFile(join(folder, "replay.json"), JSON.stringify(replay, null, 2), { mode: 0o600 });
  await writeFile(join(folder, "replay.sql"), renderReplay(replay), { mode: 0o600 });
  if (await failsAgain(folder, replay)) return;
  for (const input of inputs) await keepInput(connection, input, { ...failed, isWhole: true });
}

/** Other rows, of seeds, sources and what a champion scored, are kept beside their inputs as they are. */
function isMadeBySql(node: ManifestNode): node is ModelNode {
  return node.resourceType === "model" && node.materialized !== "predictions";
}

async function keepInput(
  connection: Connection,
  input: ManifestNode,
  { node, tests, folder, isWhole }: Failed & { readonly isWhole: boolean },
): Promise<void> {
  const path = join(folder, inputFile(input));
  const isPartly = input === node || node.reads.includes(input.uniqueId);
  const condition = isWhole || !isPartly ? "" : await sharedRows(connection, input, tests);
  await rm(path, { force: true });
  await connection.run(
    `copy (select * from ${input.relation} as input_rows${condition}) to ${renderLiteral(path)} (format parquet)`,
  );
  await chmod(path, 0o600);
}

/** Rows of an input whose columns have, in those that failing rows have too, the values of one of these. */
async function sharedRows(
  connection: Connection,
  input: ManifestNode,
  tests: readonly ManifestTest[],
): Promise<string> {
  const { columns } = await describeRelation(connection, input);
  const shared = [];
  for (const test of tests) {
    const sql = renderDataTest(test);
    const failing = await connection.query(`describe select * from (\n${sql}\n) as failing_rows`);
    const names = columns.filter(({ name, type }) =>
      failing.some((column) => column["column_name"] === name && column["column_type"] === type),
    );
    // Rows that have nothing in common with it may all have made the failure.
    if (names.length === 0) return "";
    const equal = names.map(({ name }) => {
      const column = renderIdentifier(name);
      return `failing_rows.${column} is not distinct from input_rows.${column}`;
    });
    shared.push(`exists (select 1 from (\n${sql}\n) as failing_rows where ${equal.join(" and ")})`);
  }
  return ` where ${shared.join(" or ")}`;
}

function replayOf(node: ManifestNode, tests: readonly ManifestTest[], inputs: readonly ManifestNode[]): Replay {
  const schemas = [...new Set([node, ...inputs].map(({ schema }) => schema))];
  return {
    setup: [
      ...schemas.map((schema) => `create schema if not exists ${schema}`),
      ...inputs.map((input) => `create table ${input.relation} as select * from ${renderLiteral(inputFile(input))}`),
      ...(isMadeBySql(node) ? [`create table ${node.relation} as\n${node.compiledCode}`] : []),
    ],
    tests: tests.map((test) => ({ name: test.name, sql: renderDataTest(test) })),
  };
}

function inputFile({ relation }: ManifestNode): string {
  return `inputs/${relation}.parquet`;
}

function renderReplay({ setup, tests }: Replay): string {
  const head = "-- In this folder: duckdb < replay.sql";
  const checks = tests.map(({ name, sql }) => `-- ${name}: each row is a failure\n${sql};`);
  return [head, ...setup.map((statement) => `${statement};`), ...checks, ""].join("\n\n");
}

async function failsAgain(folder: string, replay: Replay): Promise<boolean> {
  try {
    return await withDuckDB({ threads: 1 }, async (database) => {
      const found = await replayBundle(await database.connect(), folder, replay);
      return found.every(({ rows }) => rows.length > 0);
    });
  } catch {
    // Some of the rows may not even build.
    return false;
  }
}
