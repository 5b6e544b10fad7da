import { type Diagnostic, didYouMean, locate } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";
import type { Mention, TemplateUses } from "./check-template.ts";
import type { Template } from "./template.ts";

/** What `ref` and `source` can name. */
export interface NameIndex {
  readonly refs: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
}

/** The unique id of every model, seed and source; a name used twice is reported where it stands the second time. */
export function indexNames(project: Project, diagnostics: Diagnostic[]): NameIndex {
  const paths = new Map<string, string>();
  const refs = new Map<string, string>();
  const sources = new Map<string, string>();
  const add = (kind: "model" | "seed", { name, path }: { name: string; path: string }): void => {
    const other = paths.get(name);
    if (other !== undefined) {
      const message = `${kind} '${name}' has the name of ${other}`;
      diagnostics.push({
        path,
        message,
        hint: "names of models and seeds are unique in a project; rename one of the files",
      });
    }
    paths.set(name, path);
    refs.set(name, `${kind}.${project.name}.${name}`);
  };
  for (const seed of project.seeds) add("seed", seed);
  for (const model of project.models) add("model", model);
  for (const { schema, name, path, place } of project.sources) {
    const full = `${schema}.${name}`;
    if (sources.has(full)) diagnostics.push({ path, ...place, message: `source '${full}' is declared twice` });
    sources.set(full, `source.${project.name}.${full}`);
  }
  return { refs, sources };
}

/** Unique ids of all a template names, once each, in the order of the text; what names nothing is reported. */
export function resolveUses(
  template: Template,
  uses: TemplateUses,
  { index, diagnostics }: { readonly index: NameIndex; readonly diagnostics: Diagnostic[] },
): readonly string[] {
  const resolve = (mention: Mention, known: ReadonlyMap<string, string>, kind: "ref" | "source"): string[] => {
    const uniqueId = known.get(mention.name);
    if (uniqueId !== undefined) return [uniqueId];
    const place = locate(template.text, mention.offset);
    diagnostics.push({ path: template.path, ...place, ...describeUnknown(kind, mention.name, index) });
    return [];
  };
  const refs = uses.refs.flatMap((mention) => resolve(mention, index.refs, "ref"));
  const sources = uses.sources.flatMap((mention) => resolve(mention, index.sources, "source"));
  return [...new Set([...refs, ...sources])];
}

function describeUnknown(kind: "ref" | "source", name: string, index: NameIndex): { message: string; hint?: string } {
  const message =
    kind === "ref" ? `ref '${name}' names no model or seed` : `source '${name}' is not declared in project.yml`;
  const known = kind === "ref" ? index.refs : index.sources;
  const other = kind === "ref" ? index.sources : index.refs;
  if (other.has(name)) return { message, hint: `write {{${kind === "ref" ? "source" : "ref"} '${name}'}}` };
  const hint = didYouMean(name, known.keys());
  return { message, ...(hint !== undefined && { hint }) };
}
