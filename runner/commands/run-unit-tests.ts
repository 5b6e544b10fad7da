import { join } from "node:path";

import { compileProject } from "../compile/compile-project.ts";
import type { Manifest } from "../compile/manifest.ts";
import { unitTestId } from "../compile/manifest-nodes.ts";
import { formatDiagnostic } from "../diagnostics.ts";
import type { TestResult } from "../execution/run-results.ts";
import { runUnitTest, type UnitTestResult } from "../execution/run-unit-test.ts";
import { createTypedTables, type TypedTables, upstreamOf } from "../execution/typed-tables.ts";
import type { UnitTest } from "../project/project.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { createSqlParser } from "../warehouse/sql-parser.ts";
import type { Effects } from "./effects.ts";
import { bindingOf } from "./binding-of.ts";
import { modelKey } from "./model-key.ts";
import { engineVersion, type LoadedProject, localDate } from "./project-options.ts";
import { renderComparison } from "./render-diff.ts";
import type { TestOutcome } from "./test-outcome.ts";

/** Runs unit tests in memory and without any warehouse, one after the other. */
export async function* runUnitTests(
  tests: readonly UnitTest[],
  project: LoadedProject["project"],
  effects: Effects,
): AsyncGenerator<TestOutcome> {
  const compile = compiler(project, await engineVersion(), effects);
  for (const [overrides, group] of groupByOverrides(tests)) {
    const results = await runTests(group, { manifest: await compile(overrides), project });
    for (const { unitTest, result, ms } of results) yield outcomeOf(project.name, { unitTest, result, ms });
  }
}

function outcomeOf(
  project: string,
  { unitTest, result, ms }: { readonly unitTest: UnitTest; readonly result: UnitTestResult; readonly ms: number },
): TestOutcome {
  const [headline = "", ...details] = renderUnitTest(unitTest, result);
  const failures = result.status === "pass" ? 0 : result.status === "fail" ? differences(result) : null;
  const message = result.status === "pass" ? null : details.join("\n").replace(/^ {4}/gm, "");
  const test: TestResult = {
    uniqueId: unitTestId(project, unitTest),
    name: unitTest.name,
    status: result.status,
    failures,
    severity: "error",
    ms,
    message,
  };
  return { node: `model.${project}.${unitTest.model}`, test, lines: [headline, ...details] };
}

function differences({ difference }: Extract<UnitTestResult, { readonly status: "fail" }>): number {
  return difference.added + difference.removed + (difference.changed ?? 0);
}

type Overrides = Pick<UnitTest["overrides"], "vars" | "runDate">;

function compiler(
  project: LoadedProject["project"],
  engine: string,
  effects: Effects,
): (overrides: Overrides) => Promise<Manifest> {
  const parser = createSqlParser(join(project.root, "target", "unit-test-reads.json"), engine);
  const today = localDate(effects.now(), project);
  return ({ vars, runDate }) =>
    compileProject({ ...project, vars: { ...project.vars, ...vars } }, runDate ?? today, { parser });
}

/** Tests that are compiled alike are run together. */
function groupByOverrides(tests: readonly UnitTest[]): readonly (readonly [Overrides, readonly UnitTest[]])[] {
  const groups = new Map<string, UnitTest[]>();
  for (const unitTest of tests) {
    const key = JSON.stringify([unitTest.overrides.vars, unitTest.overrides.runDate]);
    groups.set(key, [...(groups.get(key) ?? []), unitTest]);
  }
  return [...groups.values()].flatMap((group) =>
    group[0] === undefined ? [] : [[group[0].overrides, group] as const],
  );
}

async function runTests(
  tests: readonly UnitTest[],
  { manifest, project }: { readonly manifest: Manifest; readonly project: LoadedProject["project"] },
): Promise<readonly { readonly unitTest: UnitTest; readonly result: UnitTestResult; readonly ms: number }[]> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { readText, scoreColumns } = bindingOf(project);
  const tested = tests.map(({ model }) => `model.${manifest.project}.${model}`);
  return withDuckDB({ threads: 1 }, async (database) => {
    const connection = await database.connect();
    await connection.run("set errors_as_json = true");
    await connection.run("attach ':memory:' as warehouse");
    await connection.run("use warehouse");
    const trouble = await typeAll(connection, tested, { manifest, readText, scoreColumns, seedRows: true });
    const results = [];
    for (const unitTest of tests) {
      const start = performance.now();
      const node = manifest.nodes[`model.${manifest.project}.${unitTest.model}`];
      const key = node?.resourceType === "model" ? modelKey(manifest, node) : [];
      const result: UnitTestResult =
        trouble === null
          ? await runUnitTest(connection, unitTest, { manifest, readText, key })
          : { status: "error", message: trouble };
      results.push({ unitTest, result, ms: Math.round(performance.now() - start) });
    }
    return results;
  });
}

async function typeAll(connection: Connection, tested: readonly string[], from: TypedTables): Promise<string | null> {
  const mistakes = await createTypedTables(connection, upstreamOf(from.manifest, tested), from);
  return mistakes.length === 0 ? null : mistakes.map(({ diagnostic }) => formatDiagnostic(diagnostic)).join("\n");
}

function renderUnitTest({ name, model }: UnitTest, result: UnitTestResult): readonly string[] {
  if (result.status === "pass") return [`PASS ${model}: ${name}`];
  if (result.status === "error") return [`ERROR ${model}: ${name}`, ...indent(result.message.split("\n"))];
  const { difference, key } = result;
  const { added, removed, changed } = difference;
  const changes = changed === null ? "" : `, ${changed} changed`;
  return [
    `FAIL ${model}: ${name}: what the model gave (after) has against what was expected (before) ${added} added, ${removed} removed${changes}`,
    ...indent(renderComparison({ name: model, difference }, key)),
  ];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`.trimEnd());
}
