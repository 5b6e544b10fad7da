import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import { knownDataTests } from "../project/data-test-config.ts";
import type { CustomTest, Place } from "../project/project.ts";
import type { ManifestTest } from "./manifest.ts";
import type { ParsedGeneric } from "./parse-templates.ts";
import type { RenderedProject } from "./render-project.ts";
import { markCall, stripMarkers } from "./markers.ts";

/** What a data test of the project's own is compiled from. */
export interface GenericTests {
  readonly generic: ReadonlyMap<string, ParsedGeneric>;
  readonly renderGeneric: RenderedProject["renderGeneric"];
  /** Of a project's file. */
  readonly readText: (path: string) => string;
}

/** Where a test is declared, and the FROM clause that its `{{model}}` stands for. */
interface Declaration {
  readonly path: string;
  readonly place: Place;
  readonly relation: string;
}

/** The SELECT of a data test of the project's own, mapped to the line that declares it and then to its template; null when it has mistakes. */
export function compileCustomTest(
  test: CustomTest,
  { path, place, relation }: Declaration,
  { generic, renderGeneric, readText, diagnostics }: GenericTests & { readonly diagnostics: Diagnostic[] },
): ManifestTest["test"] | null {
  const template = generic.get(test.name);
  const own = test.column === null ? [] : ["column"];
  const given = ["model", ...own, ...Object.keys(test.args)];
  const mistakes = template === undefined ? [unknownTest(test, generic)] : argumentMistakes(test, given, template);
  diagnostics.push(...mistakes.map((mistake) => ({ path, ...place, ...mistake })));
  if (template === undefined || mistakes.length > 0) return null;
  const values = { model: relation, column: test.column, ...test.args };
  const marked = renderGeneric(template.path, values);
  const { sql, map } = stripMarkers(markCall(marked, { path, offset: offsetOf(readText(path), place) }));
  return { ...test, compiledCode: sql, sourceMap: map };
}

type Mistake = Pick<Diagnostic, "message" | "hint">;

function unknownTest({ name, column }: CustomTest, generic: GenericTests["generic"]): Mistake {
  const known = [...knownDataTests(column), ...generic.keys()];
  const hint =
    didYouMean(name, known) ?? `known data tests: ${known.join(", ")}; your own are tests/generic/<name>.sql`;
  return { message: `unknown data test '${name}'`, hint };
}

function argumentMistakes(
  { name, column }: CustomTest,
  given: readonly string[],
  { path, parameters }: ParsedGeneric,
): readonly Mistake[] {
  const taken = parameters.filter((it) => it !== "model" && it !== "column");
  const hint = `${path} takes ${taken.join(", ") || "no arguments"}`;
  if (column === null && parameters.includes("column")) {
    return [{ message: `data test '${name}' stands below a column`, hint: `${path} names {{column}}` }];
  }
  return [
    ...given
      .filter((key) => key !== "model" && key !== "column" && !parameters.includes(key))
      .map((key) => ({
        message: `data test '${name}' has no argument '${key}'`,
        hint: didYouMean(key, taken) ?? hint,
      })),
    ...parameters
      .filter((key) => !given.includes(key))
      .map((key) => ({ message: `data test '${name}' misses ${key}`, hint })),
  ];
}

function offsetOf(text: string, { line, column }: Place): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
}
