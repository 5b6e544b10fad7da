import type { Helper } from "./helpers.ts";
import { isBlock, isContent, isLiteral, isMustache, isPartial, isPath, isSubExpression } from "./template-nodes.ts";

/** What a template can call: helpers, and macros by their names. */
export interface Callables {
  readonly helpers: Readonly<Record<string, Helper>>;
  readonly macros: Readonly<Record<string, hbs.AST.Program>>;
  /** What bare names of the template stand for: the arguments of a macro that is rendered by itself. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What names stand for where an expression stands. */
interface Scope {
  /** Parameters of blocks and of the macro, and @index, @key, @first and @last of the loop around. */
  readonly names: ReadonlyMap<string, unknown>;
  /** The items of the loops around, the innermost first. */
  readonly items: readonly unknown[];
}

interface Evaluation extends Callables {
  readonly scope: Scope;
}

/**
 * The text of a checked template. Walks Handlebars' syntax tree and means the same by it (conditions, loops, partials with their
 * arguments only): Handlebars itself makes a JavaScript function of each template first, which took most of the time of compiling.
 */
export function evaluateTemplate(program: hbs.AST.Program, callables: Callables): string {
  return evaluateProgram(program, { ...callables, scope: { names: new Map(), items: [callables.values ?? {}] } });
}

function evaluateProgram(program: hbs.AST.Program | undefined, at: Evaluation): string {
  return (program?.body ?? []).map((node) => evaluateStatement(node, at)).join("");
}

function evaluateStatement(node: hbs.AST.Statement, at: Evaluation): string {
  if (isContent(node)) return node.value;
  if (isMustache(node)) return textOf(evaluateCall(node, at));
  if (isBlock(node)) return blocks[node.path.original]?.(node, evaluateFirst(node.params, at), at) ?? "";
  return isPartial(node) ? evaluateMacro(node, at) : "";
}

type Block = (node: hbs.AST.BlockStatement, value: unknown, at: Evaluation) => string;

const blocks: Readonly<Record<string, Block>> = {
  if: (node, value, at) => evaluateProgram(isTrue(value) ? node.program : node.inverse, at),
  unless: (node, value, at) => evaluateProgram(isTrue(value) ? node.inverse : node.program, at),
  each: (node, value, at) => {
    const entries = entriesOf(value);
    if (entries.length === 0) return evaluateProgram(node.inverse, at);
    const [itemName, keyName] = node.program.blockParams ?? [];
    return entries
      .map(([key, item], index) => {
        const names = new Map(at.scope.names)
          .set("@index", index)
          .set("@key", key)
          .set("@first", index === 0)
          .set("@last", index === entries.length - 1);
        if (itemName !== undefined) names.set(itemName, item);
        if (keyName !== undefined) names.set(keyName, key);
        return evaluateProgram(node.program, { ...at, scope: { names, items: [item, ...at.scope.items] } });
      })
      .join("");
  },
};

/** A macro knows its arguments and nothing of what surrounds the call. */
function evaluateMacro(node: hbs.AST.PartialStatement, at: Evaluation): string {
  const macro = at.macros[isPath(node.name) ? node.name.original : ""];
  const given = (node.hash?.pairs ?? []).map((pair): [string, unknown] => [pair.key, evaluate(pair.value, at)]);
  const loop = [...at.scope.names].filter(([name]) => name.startsWith("@"));
  return evaluateProgram(macro, {
    ...at,
    scope: { names: new Map([...loop, ...given]), items: [Object.fromEntries(given)] },
  });
}

function evaluateCall(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, at: Evaluation): unknown {
  const path: hbs.AST.Node = node.path;
  if (!isPath(path)) return evaluate(path, at);
  const helper = at.scope.names.has(path.original) ? undefined : at.helpers[path.original];
  if (helper === undefined) return evaluatePath(path, at);
  return helper(...node.params.map((parameter) => evaluate(parameter, at)), {});
}

function evaluate(node: hbs.AST.Node, at: Evaluation): unknown {
  if (isSubExpression(node)) return evaluateCall(node, at);
  if (isPath(node)) return evaluatePath(node, at);
  return isLiteral(node) ? node.value : null;
}

function evaluateFirst(nodes: readonly hbs.AST.Expression[], at: Evaluation): unknown {
  const [first] = nodes;
  return first === undefined ? null : evaluate(first, at);
}

/** `name`, `name.part`, `this`, `this.part`, `../name`, `@index`; a helper without arguments is called. */
function evaluatePath(path: hbs.AST.PathExpression, { scope, helpers }: Evaluation): unknown {
  const [name = "", ...parts] = path.parts;
  const item = scope.items[path.depth];
  if (path.parts.length === 0) return item;
  const key = path.data ? `@${name}` : name;
  const isOfItem = /^(?:this|\.)/.test(path.original);
  if (!isOfItem && scope.names.has(key)) return partOf(scope.names.get(key), parts);
  const helper = isOfItem ? undefined : helpers[name];
  return helper === undefined ? partOf(item, path.parts) : helper({});
}

function partOf(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>(
    (whole, part) =>
      typeof whole === "object" && whole !== null
        ? new Map<string, unknown>(Object.entries(whole)).get(part)
        : undefined,
    value,
  );
}

function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, index): [number, unknown] => [index, item]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** As Handlebars has it: 0, the empty text and the empty list are false. */
function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}
