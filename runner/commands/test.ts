import { z } from "zod";

import { compileProject } from "../compile/compile-project.ts";
import type { Manifest } from "../compile/manifest.ts";
import { unitTestId } from "../compile/manifest-nodes.ts";
import { runUnitTest, type UnitTestResult } from "../execution/run-unit-test.ts";
import { createTypedTables, type TypedTables, upstreamOf } from "../execution/typed-tables.ts";
import type { UnitTest } from "../project/project.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { createSqlParser } from "../warehouse/sql-parser.ts";
import { join } from "node:path";
import { formatDiagnostic } from "../diagnostics.ts";
import { bindingOf } from "./binding-of.ts";
import type { Effects } from "./effects.ts";
import { modelKey } from "./model-key.ts";
import {
  engineVersion,
  type LoadedProject,
  localDate,
  openProject,
  projectOptions,
  selectionOptions,
} from "./project-options.ts";
import { renderComparison } from "./render-diff.ts";
import { readSelectedResources } from "./select.ts";

export const testOptions = z.strictObject({ ...projectOptions, ...selectionOptions });

/** Runs the unit tests of the selected models, in memory and without any warehouse; 1 when one fails. */
export async function test(options: z.infer<typeof testOptions>, effects: Effects): Promise<number> {
  const { project } = await openProject(options, effects);
  const compile = await compiler(project, effects);
  const manifest = await compile(null);
  const selected = new Set((await readSelectedResources(manifest, options, effects)).map(({ uniqueId }) => uniqueId));
  const unitTests = project.unitTests.filter((unitTest) => selected.has(unitTestId(project.name, unitTest)));
  const counts = { pass: 0, fail: 0, error: 0 };
  for (const [overrides, tests] of groupByOverrides(unitTests)) {
    const results = await runTests(tests, { manifest: await compile(overrides), project });
    for (const [unitTest, result] of results) {
      counts[result.status]++;
      for (const line of renderUnitTest(unitTest, result)) effects.print(line);
    }
  }
  const { pass, fail, error } = counts;
  effects.print(`Done. PASS=${pass} FAIL=${fail} ERROR=${error} TOTAL=${pass + fail + error}`);
  return fail + error === 0 ? 0 : 1;
}

type Overrides = Pick<UnitTest["overrides"], "vars" | "runDate">;

async function compiler(
  project: LoadedProject["project"],
  effects: Effects,
): Promise<(overrides: Overrides | null) => Promise<Manifest>> {
  const parser = createSqlParser(join(project.root, "target", "unit-test-reads.json"), await engineVersion());
  const today = localDate(effects.now(), project);
  return (overrides) =>
    compileProject({ ...project, vars: { ...project.vars, ...overrides?.vars } }, overrides?.runDate ?? today, {
      parser,
    });
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
): Promise<readonly (readonly [UnitTest, UnitTestResult])[]> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { readText, scoreColumns } = bindingOf(project);
  const tested = tests.map(({ model }) => `model.${manifest.project}.${model}`);
  return withDuckDB({ threads: 1 }, async (database) => {
    const connection = await database.connect();
    await connection.run("set errors_as_json = true");
    await connection.run("attach ':memory:' as warehouse");
    await connection.run("use warehouse");
    const trouble = await typeAll(connection, tested, { manifest, readText, scoreColumns, seedRows: true });
    const results: (readonly [UnitTest, UnitTestResult])[] = [];
    for (const unitTest of tests) {
      const node = manifest.nodes[`model.${manifest.project}.${unitTest.model}`];
      const key = node?.resourceType === "model" ? modelKey(manifest, node) : [];
      const result: UnitTestResult =
        trouble === null
          ? await runUnitTest(connection, unitTest, { manifest, readText, key })
          : { status: "error", message: trouble };
      results.push([unitTest, result]);
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
