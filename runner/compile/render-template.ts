import { evaluateTemplate } from "./evaluate-template.ts";
import { createHelpers, type RenderContext } from "./helpers.ts";
import { marking } from "./markers.ts";
import { isBlock, isContent } from "./template-nodes.ts";
import { offsetAt, type Template } from "./template.ts";

/** A template ready to be rendered any number of times. */
export type CompiledTemplate = hbs.AST.Program;

/** Puts markers into a checked template that tell where each piece of its output was written. */
export function compileTemplate(template: Template): CompiledTemplate {
  return mark(template.program, template);
}

/** The text of a template with its markers still in it, so that it can be rendered into another template. */
export function renderMarked(
  template: CompiledTemplate,
  macros: Readonly<Record<string, CompiledTemplate>>,
  { values = {}, ...context }: RenderContext & { readonly values?: Readonly<Record<string, unknown>> },
): string {
  return evaluateTemplate(template, { helpers: createHelpers(context), macros, values });
}

function mark(program: hbs.AST.Program, source: Template): hbs.AST.Program {
  return { ...program, body: program.body.flatMap((statement) => markStatement(statement, source)) };
}

function markStatement(node: hbs.AST.Statement, source: Template): hbs.AST.Statement[] {
  const offset = offsetAt(source.text, node.loc.start);
  if (isContent(node)) return [content(node, `${marking("c", offset + stripped(node), source.path)}${node.value}`)];
  if (node.type === "CommentStatement") return [];
  if (isBlock(node)) {
    const inverse = node.inverse === undefined ? {} : { inverse: mark(node.inverse, source) };
    const block: hbs.AST.BlockStatement = { ...node, program: mark(node.program, source), ...inverse };
    return [block];
  }
  const before = content(node, marking(node.type === "PartialStatement" ? ">" : "m", offset, source.path));
  return node.type === "PartialStatement" ? [before, node, content(node, marking("<", 0, ""))] : [before, node];
}

function content(at: hbs.AST.Node, value: string): hbs.AST.ContentStatement {
  return { type: "ContentStatement", loc: at.loc, value, original: { open: false, close: false } };
}

/** How much white space `~` took from the front of a content. */
function stripped(node: hbs.AST.ContentStatement): number {
  const original: unknown = node.original;
  return typeof original === "string" ? Math.max(0, original.indexOf(node.value)) : 0;
}
