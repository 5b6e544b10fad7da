import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";

/** Throws what was found, if anything: each mistake once, with the text of its line. */
export function throwDiagnostics(diagnostics: readonly Diagnostic[], project: Project): void {
  if (diagnostics.length === 0) return;
  const files = [
    ...project.models,
    ...project.macros,
    ...project.singularTests,
    ...project.genericTests,
    ...project.configs,
  ];
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  // A mistake in an ephemeral model shows in every model that reads it.
  const distinct = new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]));
  throw new ProjectError([...distinct.values()].map((diagnostic) => withSource(diagnostic, texts)));
}

function withSource(diagnostic: Diagnostic, texts: ReadonlyMap<string, string>): Diagnostic {
  const text = texts.get(diagnostic.path);
  if (diagnostic.source !== undefined || diagnostic.line === undefined || text === undefined) return diagnostic;
  return { ...diagnostic, source: (text.split("\n")[diagnostic.line - 1] ?? "").trimEnd() };
}
