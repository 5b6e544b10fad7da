import Handlebars from "handlebars";

import { createHelpers, type RenderContext } from "./helpers.ts";
import type { Frame, Segment, SourceMap } from "./source-map.ts";
import { offsetAt, type Template } from "./template.ts";

export interface RenderedTemplate {
  readonly sql: string;
  readonly map: SourceMap;
}

/** A template ready to be rendered any number of times. */
export type CompiledTemplate = Handlebars.TemplateDelegate;

// Private-use characters; between them stands where the text that follows was written.
const open = "\uE000";
const close = "\uE001";
const marker = new RegExp(`${open}([^${close}]*)${close}`, "g");

const handlebars = Handlebars.create();

/** Compiles a checked template, with markers that tell where each piece of its output was written. */
export function compileTemplate(template: Template): CompiledTemplate {
  const options = { noEscape: true, strict: true, explicitPartialContext: true, preventIndent: true };
  return handlebars.compile(mark(template.program, template), options);
}

/** The text of a template with its markers still in it, so that it can be rendered into another template. */
export function renderMarked(
  template: CompiledTemplate,
  macros: Readonly<Record<string, CompiledTemplate>>,
  context: RenderContext,
): string {
  return template({}, { helpers: createHelpers(context), partials: macros });
}

/** Takes the markers out of a rendered text and makes the map of them; surrounding white space goes too. */
export function stripMarkers(marked: string): RenderedTemplate {
  const files: string[] = [];
  const segments: Segment[] = [];
  const callers: Frame[] = [];
  let text = "";
  let position = 0;
  for (const match of marked.matchAll(marker)) {
    text += marked.slice(position, match.index);
    position = match.index + match[0].length;
    const { kind, offset, path } = splitMarker(match[1] ?? "");
    if (kind === "<") {
      callers.pop();
      continue;
    }
    const frame = { file: fileIndex(files, path), offset };
    if (kind === ">") callers.push(frame);
    else segments.push({ start: text.length, frames: [...callers, frame], verbatim: kind === "c" });
  }
  text += marked.slice(position);
  const leading = text.length - text.trimStart().length;
  return { sql: text.trim(), map: { files, segments: moveSegments(segments, leading) } };
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

function marking(kind: "c" | "m" | ">" | "<", offset: number, path: string): string {
  return `${open}${kind}:${offset}:${path}${close}`;
}

function splitMarker(text: string): { kind: string; offset: number; path: string } {
  const [kind = "", offset = ""] = text.split(":", 2);
  return { kind, offset: Number(offset), path: text.slice(kind.length + offset.length + 2) };
}

/** How much white space `~` took from the front of a content. */
function stripped(node: hbs.AST.ContentStatement): number {
  const original: unknown = node.original;
  return typeof original === "string" ? Math.max(0, original.indexOf(node.value)) : 0;
}

/** Segments after `leading` characters were cut from the front, without those that produced nothing. */
function moveSegments(segments: readonly Segment[], leading: number): Segment[] {
  return segments.flatMap((segment, index) => {
    const end = segments[index + 1]?.start ?? Infinity;
    if (end <= Math.max(leading, segment.start)) return [];
    const cut = Math.max(0, leading - segment.start);
    const last = segment.frames.length - 1;
    const frames = segment.frames.map((frame, at) =>
      at === last && segment.verbatim ? { ...frame, offset: frame.offset + cut } : frame,
    );
    return [{ ...segment, start: Math.max(0, segment.start - leading), frames }];
  });
}

function fileIndex(files: string[], path: string): number {
  const index = files.indexOf(path);
  return index === -1 ? files.push(path) - 1 : index;
}

function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === "ContentStatement";
}

function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === "BlockStatement";
}
