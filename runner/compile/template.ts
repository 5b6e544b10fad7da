import Handlebars from "handlebars";

import { type Diagnostic, locate } from "../diagnostics.ts";

/** A parsed template; offsets of its nodes are those of `text`, the whole file. */
export interface Template {
  readonly path: string;
  readonly text: string;
  readonly program: hbs.AST.Program;
}

export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  /** Where the SQL begins; what stands before it (the front matter) is not template. */
  readonly sqlOffset: number;
}

const jinja = /\{%|\{\{\s*(ref|source|var|config|this|env_var|is_incremental)\s*[(.}]/g;

/** Parses a Handlebars template; what is no Handlebars, and what is Jinja, is reported and gives undefined. */
export function parseTemplate(file: TemplateFile, diagnostics: Diagnostic[]): Template | undefined {
  const { path, text, sqlOffset } = file;
  const before = diagnostics.length;
  for (const match of text.slice(sqlOffset).matchAll(jinja)) {
    diagnostics.push({ path, ...locate(text, sqlOffset + match.index), ...describeJinja(match) });
  }
  if (diagnostics.length > before) return undefined;
  try {
    const blank = text.slice(0, sqlOffset).replace(/[^\n]/g, " ");
    return { path, text, program: Handlebars.parse(blank + text.slice(sqlOffset), { ignoreStandalone: true }) };
  } catch (error) {
    diagnostics.push({ path, ...describeParseError(text, error) });
    return undefined;
  }
}

/** Offset of a line and column as Handlebars counts them (lines from 1, columns from 0). */
export function offsetAt(text: string, position: hbs.AST.Position): number {
  let start = 0;
  for (let line = 1; line < position.line; line++) start = text.indexOf("\n", start) + 1;
  return start + position.column;
}

function describeJinja(match: RegExpMatchArray): { message: string; hint: string } {
  if (match[0] === "{%") {
    return {
      message: "Jinja tag '{%'",
      hint: "models are Handlebars: {{#if (is_incremental)}} … {{/if}}, {{#each …}} … {{/each}}",
    };
  }
  const helper = match[1] ?? "ref";
  const handlebars: Readonly<Record<string, string>> = {
    this: "{{this_relation}}",
    is_incremental: "{{#if (is_incremental)}} … {{/if}}",
    config: "front matter: /*--- materialized: table ---*/",
    env_var: "{{var 'x'}}, set by project.yml, TONEARM_X or --vars",
    source: "{{source 'bronze.listening_history'}}",
  };
  return {
    message: `Jinja call of '${helper}'`,
    hint: `models are Handlebars: write ${handlebars[helper] ?? `{{${helper} 'x'}}`}`,
  };
}

function describeParseError(text: string, error: unknown): Omit<Diagnostic, "path"> {
  const message = error instanceof Error ? error.message : String(error);
  const exact = / - (\d+):(\d+)$/.exec(message);
  if (exact !== null) {
    const offset = offsetAt(text, { line: Number(exact[1]), column: Number(exact[2]) });
    return { ...locate(text, offset), message: message.slice(0, exact.index) };
  }
  const line = Number(/on line (\d+)/.exec(message)?.[1] ?? 1);
  const { source } = locate(text, offsetAt(text, { line, column: 0 }));
  const expected = /Expecting (.*), got '(.*)'$/.exec(message);
  const reason = expected === null ? "is not a Handlebars expression" : `'${expected[2]}' is not expected here`;
  const column = Math.max(0, source.indexOf("{{")) + 1;
  return {
    line,
    column,
    source,
    message: `template: ${reason}`,
    hint: "an expression is {{helper 'argument'}}; every {{#block}} needs its {{/block}}",
  };
}
