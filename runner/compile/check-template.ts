import { type Diagnostic, didYouMean, locate } from "../diagnostics.ts";
import type { VarValue } from "../project/project.ts";
import { blockNames, dialects, type HelperSpec, helperSpecs } from "./helpers.ts";
import { isBlock, isMustache, isPartial, isPath, isStringLiteral, isSubExpression } from "./template-nodes.ts";
import { offsetAt, type Template } from "./template.ts";

/** A name a template uses, and the offset where it stands. */
export interface Mention {
  readonly name: string;
  readonly offset: number;
}

/** What a template refers to, in all its branches, taken or not. */
export interface TemplateUses {
  readonly refs: readonly Mention[];
  readonly sources: readonly Mention[];
  readonly macros: readonly Mention[];
}

export interface TemplateScope {
  readonly vars: Readonly<Record<string, VarValue>>;
  /** Macro name → the names of its parameters. */
  readonly macros: ReadonlyMap<string, readonly string[]>;
  readonly isMacro: boolean;
  /** The parameters of the macro this template is; none for a model. */
  readonly parameters: readonly string[];
}

const helpers: ReadonlyMap<string, HelperSpec> = new Map(Object.entries(helperSpecs));
const loopNames = ["@index", "@first", "@last", "@key"];

/** Checks every name, arity and hash key of a template, and collects what it refers to. */
export function checkTemplate(template: Template, scope: TemplateScope, diagnostics: Diagnostic[]): TemplateUses {
  const uses: Collected = { refs: [], sources: [], macros: [] };
  const report: Check["report"] = (node, message, hint) => {
    const place = locate(template.text, offsetOf(template, node));
    diagnostics.push({ path: template.path, ...place, message, ...(hint !== undefined && { hint }) });
  };
  checkProgram({ template, scope, uses, report, onUnknown: undefined }, template.program, scope.parameters);
  return uses;
}

/** The bare names a macro uses and that nothing inside it defines: its parameters. */
export function macroParameters(template: Template): readonly string[] {
  const unknown = new Set<string>();
  const scope = { vars: {}, macros: new Map<string, readonly string[]>(), isMacro: true, parameters: [] };
  const uses: Collected = { refs: [], sources: [], macros: [] };
  const onUnknown = (name: string): void => void unknown.add(name);
  checkProgram({ template, scope, uses, report: () => {}, onUnknown }, template.program, []);
  return [...unknown].toSorted();
}

interface Collected {
  readonly refs: Mention[];
  readonly sources: Mention[];
  readonly macros: Mention[];
}

/** One walk over a syntax tree; with `onUnknown` it only collects the names nothing defines. */
interface Check {
  readonly template: Template;
  readonly scope: TemplateScope;
  readonly uses: Collected;
  readonly report: (node: hbs.AST.Node, message: string, hint?: string) => void;
  readonly onUnknown: ((name: string) => void) | undefined;
}

function checkProgram(check: Check, program: hbs.AST.Program | undefined, names: readonly string[]): void {
  for (const statement of program?.body ?? []) checkStatement(check, statement, names);
}

function checkStatement(check: Check, node: hbs.AST.Statement, names: readonly string[]): void {
  if (node.type === "ContentStatement" || node.type === "CommentStatement") return;
  if (isMustache(node)) checkCall(check, node, names);
  else if (isBlock(node)) checkBlock(check, node, names);
  else if (isPartial(node)) checkMacro(check, node, names);
  else check.report(node, "only {{helper}}, {{#if}}, {{#unless}}, {{#each}} and {{> macro}} are known here");
}

function checkBlock(check: Check, node: hbs.AST.BlockStatement, names: readonly string[]): void {
  const name = node.path.original;
  if (!blockNames.some((block) => block === name)) {
    check.report(
      node.path,
      `unknown block '${name}'`,
      didYouMean(name, blockNames) ?? "known blocks: if, unless, each",
    );
  } else if (node.params.length !== 1) {
    check.report(node.path, `{{#${name}}} takes one argument`, "for example {{#if (is_incremental)}}");
  }
  for (const parameter of node.params) checkExpression(check, parameter, names);
  const inner = name === "each" ? [...names, ...node.program.blockParams, "this", ...loopNames] : names;
  checkProgram(check, node.program, inner);
  checkProgram(check, node.inverse, names);
}

function checkMacro(check: Check, node: hbs.AST.PartialStatement, names: readonly string[]): void {
  const name = isPath(node.name) ? node.name.original : "";
  for (const pair of node.hash?.pairs ?? []) checkExpression(check, pair.value, names);
  if (check.onUnknown !== undefined) return;
  const parameters = check.scope.macros.get(name);
  if (parameters === undefined) {
    const hint = didYouMean(name, check.scope.macros.keys()) ?? "macros are the files models/macros/<name>.hbs";
    check.report(node.name, `unknown macro '${name}'`, hint);
    return;
  }
  if (node.params.length > 0)
    check.report(node, `macro '${name}' takes its arguments by name`, usageOf(name, parameters));
  const given = new Set((node.hash?.pairs ?? []).map((pair) => pair.key));
  for (const pair of node.hash?.pairs ?? []) {
    if (parameters.includes(pair.key)) continue;
    check.report(
      pair,
      `macro '${name}' has no parameter '${pair.key}'`,
      didYouMean(pair.key, parameters) ?? usageOf(name, parameters),
    );
  }
  const missing = parameters.filter((parameter) => !given.has(parameter));
  if (missing.length > 0) check.report(node, `macro '${name}' misses ${missing.join(", ")}`, usageOf(name, parameters));
  check.uses.macros.push({ name, offset: offsetOf(check.template, node) });
}

function checkExpression(check: Check, node: hbs.AST.Expression, names: readonly string[]): void {
  if (isSubExpression(node)) checkCall(check, node, names);
  else if (isPath(node)) checkName(check, node, names);
}

function checkCall(
  check: Check,
  node: hbs.AST.MustacheStatement | hbs.AST.SubExpression,
  names: readonly string[],
): void {
  const path: hbs.AST.Node = node.path;
  if (!isPath(path)) return;
  const name = path.original;
  const spec = helpers.get(name);
  if (spec === undefined && node.params.length === 0 && node.hash === undefined && isMustache(node)) {
    checkName(check, path, names);
    return;
  }
  for (const parameter of node.params) checkExpression(check, parameter, names);
  if (spec === undefined) {
    check.report(
      path,
      `unknown helper '${name}'`,
      didYouMean(name, helpers.keys()) ?? `known helpers: ${[...helpers.keys()].join(", ")}`,
    );
    return;
  }
  if (spec.onlyInMacros === true && !check.scope.isMacro)
    check.report(
      path,
      `helper '${name}' is for macros`,
      "write what differs between engines in models/macros/<name>.hbs",
    );
  for (const pair of node.hash?.pairs ?? [])
    check.report(pair, `helper '${name}' takes no '${pair.key}='`, `write ${spec.usage}`);
  checkArguments(check, node, spec);
}

function checkArguments(check: Check, node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, spec: HelperSpec): void {
  const [first] = node.params;
  const name = helperName(node);
  if (node.params.length < spec.min || node.params.length > spec.max) {
    const wanted = spec.max === 0 ? "no argument" : spec.max === 1 ? "one argument" : `at least ${spec.min}`;
    check.report(node.path, `helper '${name}' takes ${wanted}`, `write ${spec.usage}`);
  } else if (spec.literal && first !== undefined) {
    const wanted = `helper '${name}' takes a string in quotes, so that the graph is known before it runs`;
    if (isStringLiteral(first)) checkLiteral(check, name, first);
    else check.report(first, wanted, `write ${spec.usage}`);
    if (isStringLiteral(first) && name === "var" && isMustache(node) && Array.isArray(check.scope.vars[first.value])) {
      check.report(
        first,
        `var '${first.value}' is a list`,
        `write {{lit (var '${first.value}')}} for its values with commas`,
      );
    }
  }
}

function helperName(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): string {
  const path: hbs.AST.Node = node.path;
  return isPath(path) ? path.original : "";
}

function checkLiteral(check: Check, helper: string, node: hbs.AST.StringLiteral): void {
  const mention = { name: node.value, offset: offsetOf(check.template, node) };
  if (helper === "ref") check.uses.refs.push(mention);
  if (helper === "source") check.uses.sources.push(mention);
  if (helper === "dialect" && !dialects.some((dialect) => dialect === node.value))
    check.report(
      node,
      `unknown dialect '${node.value}'`,
      didYouMean(node.value, dialects) ?? `known dialects: ${dialects.join(", ")}`,
    );
  if (helper !== "var" || check.onUnknown !== undefined || Object.hasOwn(check.scope.vars, node.value)) return;
  const hint = didYouMean(node.value, Object.keys(check.scope.vars)) ?? "vars are declared in project.yml under vars:";
  check.report(node, `unknown var '${node.value}'`, hint);
}

function checkName(check: Check, node: hbs.AST.PathExpression, names: readonly string[]): void {
  const name = node.original;
  const root = node.data
    ? `@${node.parts[0] ?? ""}`
    : name === "this" || name === "."
      ? "this"
      : (node.parts[0] ?? name);
  if (names.includes(root) || helpers.has(name)) return;
  if (check.onUnknown !== undefined) {
    check.onUnknown(root);
    return;
  }
  const hint =
    didYouMean(name, [...helpers.keys(), ...names]) ??
    `a var is {{var '${name}'}}; known helpers: ${[...helpers.keys()].join(", ")}`;
  check.report(node, `unknown name '${name}'`, hint);
}

function offsetOf(template: Template, node: hbs.AST.Node): number {
  return offsetAt(template.text, node.loc.start);
}

function usageOf(name: string, parameters: readonly string[]): string {
  return `write {{> ${[name, ...parameters.map((parameter) => `${parameter}=…`)].join(" ")}}}`;
}
