import type { Diagnostic } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";
import { checkTemplate, macroParameters, type TemplateScope, type TemplateUses } from "./check-template.ts";
import { type NameIndex, resolveUses } from "./name-index.ts";
import { parseTemplate, type Template, type TemplateFile } from "./template.ts";

/** Every template of a project, and for each model and singular test the unique ids it names. */
export interface ParsedProject {
  /** Sources, seeds, models: in the order of their files. */
  readonly uniqueIds: readonly string[];
  readonly macros: ReadonlyMap<string, Template>;
  /** By path. */
  readonly templates: ReadonlyMap<string, Template>;
  /** By unique id of the model or singular test; those of the macros it calls included. */
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
}

/** Parses and checks all templates; what is wrong in any of them is reported. */
export function parseTemplates(project: Project, index: NameIndex, diagnostics: Diagnostic[]): ParsedProject {
  const macros = new Map<string, Template>();
  for (const macro of project.macros) {
    const template = parseTemplate({ ...macro, sqlOffset: 0 }, diagnostics);
    if (template !== undefined) macros.set(macro.name, template);
  }
  const parameters = new Map([...macros].map(([name, template]) => [name, macroParameters(template)]));
  const check = (template: Template, own: readonly string[]): Checked => {
    const scope: TemplateScope = { vars: project.vars, macros: parameters, parameters: own };
    const uses = checkTemplate(template, scope, diagnostics);
    return { uses, dependsOn: resolveUses(template, uses, { index, diagnostics }) };
  };
  const checkedMacros = new Map([...macros].map(([name, it]) => [name, check(it, parameters.get(name) ?? [])]));
  const templates = new Map<string, Template>();
  const dependsOn = new Map<string, readonly string[]>();
  const add = (uniqueId: string, file: TemplateFile): void => {
    const template = parseTemplate(file, diagnostics);
    if (template === undefined) return;
    templates.set(file.path, template);
    dependsOn.set(uniqueId, withMacros(check(template, []), checkedMacros));
  };
  for (const model of project.models) add(`model.${project.name}.${model.name}`, model);
  for (const test of project.singularTests) add(`test.${project.name}.${test.name}`, test);
  const uniqueIds = [
    ...index.sources.values(),
    ...project.seeds.map(({ name }) => `seed.${project.name}.${name}`),
    ...project.models.map(({ name }) => `model.${project.name}.${name}`),
  ];
  return { uniqueIds, macros, templates, dependsOn };
}

interface Checked {
  readonly uses: TemplateUses;
  readonly dependsOn: readonly string[];
}

function withMacros(checked: Checked, macros: ReadonlyMap<string, Checked>): readonly string[] {
  const all = new Set(checked.dependsOn);
  const seen = new Set<string>();
  const waiting = checked.uses.macros.map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const macro = macros.get(name);
    if (macro === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const uniqueId of macro.dependsOn) all.add(uniqueId);
    waiting.push(...macro.uses.macros.map((mention) => mention.name));
  }
  return [...all];
}
