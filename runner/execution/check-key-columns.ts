import type { BindingMistake } from "../compile/binder.ts";
import type { ManifestNode, ModelNode } from "../compile/manifest.ts";
import { type Diagnostic, didYouMean, locate } from "../diagnostics.ts";
import type { ReadText } from "../project/project-texts.ts";
import type { TypedColumn } from "./typed-tables.ts";

/** Types of which two equal values may be written in different ways: 30 days and a month, 0.0 and -0.0 in a list. */
const manyTexts = /^(INTERVAL|TIME WITH TIME ZONE)$|^(STRUCT|MAP|UNION)\(|\]$/;

/** Models whose `unique_key` or `partition_by` names no column of theirs, or one by which nothing can be partitioned. */
export function keyColumnMistakes(
  nodes: readonly ManifestNode[],
  { types, readText }: { readonly types: ReadonlyMap<string, readonly TypedColumn[]>; readonly readText: ReadText },
): readonly BindingMistake[] {
  return nodes.flatMap((node) => {
    if (node.resourceType !== "model") return [];
    const found = settingsOf(node).flatMap((setting) => troubleOf(setting, types.get(node.relation) ?? []))[0];
    if (found === undefined) return [];
    const { setting, ...trouble } = found;
    return [
      {
        uniqueId: node.uniqueId,
        diagnostic: { path: node.path, ...placeOf(setting, readText(node.path)), ...trouble },
      },
    ];
  });
}

interface Setting {
  readonly setting: "unique_key" | "partition_by";
  readonly name: string;
}

function settingsOf({ uniqueKey, partitionBy }: ModelNode): readonly Setting[] {
  const keys = uniqueKey.map((name): Setting => ({ setting: "unique_key", name }));
  return partitionBy === null ? keys : [...keys, { setting: "partition_by", name: partitionBy }];
}

function troubleOf(
  { setting, name }: Setting,
  columns: readonly TypedColumn[],
): readonly (Pick<Setting, "setting"> & Pick<Diagnostic, "message" | "hint">)[] {
  const column = columns.find((found) => found.name.toLowerCase() === name.toLowerCase());
  const names = columns.map((found) => found.name);
  if (column === undefined) {
    const hint = didYouMean(name, names) ?? `its columns are ${names.join(", ")}`;
    return [{ setting, message: `the model has no column '${name}'`, hint }];
  }
  if (setting === "unique_key" || !manyTexts.test(column.type)) return [];
  const message = `nothing can be partitioned by '${name}', which is ${column.type}`;
  return [
    { setting, message, hint: "take a date, a timestamp, a number or a text, for example by a cast in the model" },
  ];
}

/** Where the model's file sets it; without a place where project.yml does. */
function placeOf(setting: string, text: string): Pick<Diagnostic, "line" | "column" | "source"> {
  const offset = text.indexOf(`${setting}:`);
  return offset === -1 ? {} : locate(text, offset);
}
