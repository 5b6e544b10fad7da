import type { ManifestTest } from "../compile/manifest.ts";

/** A data test in a few words: `not null`, `range: min 0, max 1`, with its severity where it only warns. */
export function describeTest({ test, settings, name }: ManifestTest): string {
  const text = test.kind === "singular" ? name.replaceAll("_", " ") : genericTest(test);
  const where = settings.where === null ? "" : ` where ${settings.where}`;
  return `${text}${where}${settings.severity === "warn" ? " (warns)" : ""}`;
}

function genericTest(test: Exclude<ManifestTest["test"], { readonly kind: "singular" }>): string {
  const name = test.kind === "custom" ? test.name : test.kind;
  const parts = Object.entries(test.kind === "custom" ? test.args : test).flatMap(([key, value]: [string, unknown]) => {
    const isAbove = key === "column" || (key === "columns" && Array.isArray(value) && value.length === 1);
    if (key === "kind" || isAbove || value === null) return [];
    const text = (Array.isArray(value) ? value : [value]).map(wordOf).join(", ");
    return [["values", "columns", "expression"].includes(key) ? text : `${key} ${text}`];
  });
  return [name.replaceAll("_", " "), parts.join(", ")].filter(Boolean).join(": ");
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
