import Handlebars from "handlebars";

import { type Diagnostic, locate } from "../diagnostics.ts";
import { describeParseError } from "./parse-error.ts";

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
  const template = text.slice(0, sqlOffset).replace(/[^\n]/g, " ") + text.slice(sqlOffset);
  try {
    return { path, text, program: Handlebars.parse(template, { ignoreStandalone: true }) };
  } catch (error) {
    diagnostics.push({ path, ...describeParseError(template, error) });
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
