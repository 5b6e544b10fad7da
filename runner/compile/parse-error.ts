import { type Diagnostic, locate } from "../diagnostics.ts";

type Description = Omit<Diagnostic, "path">;

const usage = "an expression is {{helper 'argument'}}; every {{#block}} needs its {{/block}}";
const tag = /\{\{!--[^]*?--\}\}|\{\{![^]*?\}\}|\{\{~?([#/])\s*(\w+)/g;

/** Why a text is no Handlebars template, in an analyst's words and at the tag that is to be mended. */
export function describeParseError(text: string, error: unknown): Description {
  const block = findUnbalanced(text);
  if (block !== undefined) return block;
  const last = text.lastIndexOf("{{");
  if (last !== -1 && !text.includes("}}", last)) {
    return { ...locate(text, last), message: "the {{ is not closed", hint: "close it with }}" };
  }
  const message = error instanceof Error ? error.message : String(error);
  const line = Number(/on line (\d+)/.exec(message)?.[1] ?? / - (\d+):\d+$/.exec(message)?.[1] ?? 1);
  const source = (text.split("\n")[line - 1] ?? "").trimEnd();
  const column = Math.max(0, source.indexOf("{{")) + 1;
  return { line, column, source, message: "is not a Handlebars expression", hint: usage };
}

/** The first block that is closed by another's end, by none, or the end that closes nothing. */
function findUnbalanced(text: string): Description | undefined {
  const open: { readonly name: string; readonly offset: number }[] = [];
  for (const { 1: kind, 2: name = "", index } of text.matchAll(tag)) {
    if (kind === "#") open.push({ name, offset: index });
    if (kind !== "/") continue;
    const block = open.pop();
    if (block === undefined) {
      return { ...locate(text, index), message: `{{/${name}}} closes no block`, hint: `open it with {{#${name} …}}` };
    }
    if (block.name === name) continue;
    const { line } = locate(text, block.offset);
    const message = `{{/${name}}} stands where {{#${block.name}}} of line ${line} is to be closed`;
    return { ...locate(text, index), message, hint: `write {{/${block.name}}}` };
  }
  const block = open.at(-1);
  if (block === undefined) return undefined;
  const message = `{{#${block.name}}} is not closed`;
  return { ...locate(text, block.offset), message, hint: `close it with {{/${block.name}}}` };
}
