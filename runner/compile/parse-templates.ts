import { type Diagnostic, locate } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";
import { checkTemplate, macroParameters, type TemplateUses } from "./check-template.ts";
import { macroId } from "./manifest-nodes.ts";
import { type NameIndex, resolveUses } from "./name-index.ts";
import { sortNodes } from "./sort-nodes.ts";
import { parseTemplate, type Template, type TemplateFile } from "./template.ts";

/** Every template of a project, and for each model and singular test the unique ids it names. */
export interface ParsedProject {
  /** Sources, seeds, models: in the order of their files. */
  readonly uniqueIds: readonly string[];
  readonly macros: ReadonlyMap<string, Template>;
  /** By path. */
  readonly templates: ReadonlyMap<string, Template>;
  /** By path; what its macros name is not among it. */
  readonly uses: ReadonlyMap<string, TemplateUses>;
  /** By unique id of the model or singular test; those of the macros it calls included. */
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
  /** By unique id of the model, singular test or macro: the macros it calls, and those that these call. */
  readonly macrosOf: ReadonlyMap<string, readonly string[]>;
  /** By name. */
  readonly generic: ReadonlyMap<string, ParsedGeneric>;
}

/** A data test of the project's own. */
export interface ParsedGeneric {
  readonly path: string;
  readonly parameters: readonly string[];
  /** Unique ids of what it names, by its macros too. */
  readonly dependsOn: readonly string[];
  /** Macros it calls, and those that these call. */
  readonly macros: readonly string[];
}

/** Parses and checks all templates; what is wrong in any of them is reported. */
export function parseTemplates(project: Project, index: NameIndex, diagnostics: Diagnostic[]): ParsedProject {
  const macros = parseMacros(project, diagnostics);
  const parameters = new Map([...macros].map(([name, template]) => [name, macroParameters(template)]));
  const check = (template: Template, own: readonly string[] | null): Checked => {
    const scope = { vars: project.vars, macros: parameters, isMacro: own !== null, parameters: own ?? [] };
    const uses = checkTemplate(template, scope, diagnostics);
    return { uses, dependsOn: resolveUses(template, uses, { index, diagnostics }) };
  };
  const checkedMacros = new Map([...macros].map(([name, it]) => [name, check(it, parameters.get(name) ?? [])]));
  reportMacroCycle(macros, checkedMacros, diagnostics);
  const templates = new Map<string, Template>();
  const uses = new Map<string, TemplateUses>();
  const dependsOn = new Map<string, readonly string[]>();
  const macrosOf = new Map(
    [...checkedMacros].map(([name, it]) => [macroId(project.name, name), calledMacros(it, checkedMacros)]),
  );
  const add = (uniqueId: string, file: TemplateFile): void => {
    const template = parseTemplate(file, diagnostics);
    if (template === undefined) return;
    templates.set(file.path, template);
    const checked = check(template, null);
    uses.set(file.path, checked.uses);
    const called = calls(checked, checkedMacros);
    macrosOf.set(uniqueId, called.macros);
    dependsOn.set(uniqueId, called.dependsOn);
  };
  for (const model of project.models) add(`model.${project.name}.${model.name}`, model);
  for (const test of project.singularTests) add(`test.${project.name}.${test.name}`, test);
  const generic = new Map<string, ParsedGeneric>();
  for (const { name, ...file } of project.genericTests) {
    const template = parseTemplate(file, diagnostics);
    if (template === undefined) continue;
    templates.set(file.path, template);
    const own = macroParameters(template);
    generic.set(name, { path: file.path, parameters: own, ...calls(check(template, own), checkedMacros) });
  }
  return { uniqueIds: uniqueIds(project, index), macros, templates, uses, dependsOn, macrosOf, generic };
}

function uniqueIds(project: Project, { sources }: NameIndex): readonly string[] {
  return [
    ...sources.values(),
    ...project.seeds.map(({ name }) => `seed.${project.name}.${name}`),
    ...project.models.map(({ name }) => `model.${project.name}.${name}`),
  ];
}

function parseMacros(project: Project, diagnostics: Diagnostic[]): ReadonlyMap<string, Template> {
  const macros = new Map<string, Template>();
  for (const macro of project.macros) {
    const template = parseTemplate({ ...macro, sqlOffset: 0 }, diagnostics);
    if (template !== undefined) macros.set(macro.name, template);
  }
  return macros;
}

interface Checked {
  readonly uses: TemplateUses;
  readonly dependsOn: readonly string[];
}

function reportMacroCycle(
  macros: ReadonlyMap<string, Template>,
  checked: ReadonlyMap<string, Checked>,
  diagnostics: Diagnostic[],
): void {
  const mentions = (name: string): TemplateUses["macros"] => checked.get(name)?.uses.macros ?? [];
  const { cycle } = sortNodes([...macros.keys()], (name) => mentions(name).map((mention) => mention.name));
  const template = macros.get(cycle?.[0] ?? "");
  if (cycle === null || template === undefined) return;
  const mention = mentions(cycle[0] ?? "").find(({ name }) => name === cycle[1]);
  const message = `macros call each other in a circle: ${cycle.join(" → ")}`;
  const hint = "a macro cannot call itself, however far round; take one of these calls out";
  diagnostics.push({ path: template.path, ...locate(template.text, mention?.offset ?? 0), message, hint });
}

/** Macros that a template calls, however far, and what all of these name. */
function calls(checked: Checked, macros: ReadonlyMap<string, Checked>): Pick<ParsedGeneric, "dependsOn" | "macros"> {
  const called = calledMacros(checked, macros);
  const named = called.flatMap((name) => macros.get(name)?.dependsOn ?? []);
  return { dependsOn: [...new Set([...checked.dependsOn, ...named])], macros: called };
}

function calledMacros(checked: Checked, macros: ReadonlyMap<string, Checked>): readonly string[] {
  const seen = new Set<string>();
  const waiting = checked.uses.macros.map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const macro = macros.get(name);
    if (macro === undefined || seen.has(name)) continue;
    seen.add(name);
    waiting.push(...macro.uses.macros.map((mention) => mention.name));
  }
  return [...seen];
}
