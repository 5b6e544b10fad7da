/** One criterion of `--select`: `2+tag:nightly+`, `@plays`, `config.materialized:view`. */
export interface Selector {
  readonly text: string;
  readonly method: string;
  /** `materialized` of `config.materialized:view`. */
  readonly args: readonly string[];
  readonly value: string;
  /** Steps upstream and downstream that belong to it: 0 none, Infinity all. */
  readonly upstream: number;
  readonly downstream: number;
  /** Of `@`: all downstream, and all that these need. */
  readonly withDownstreamNeeds: boolean;
}

const grammar = /^(?<at>@)?(?:(?<up>\d*)\+)?(?:(?<method>\w+)(?<args>(?:\.\w+)*):)?(?<value>.*?)(?:\+(?<down>\d*))?$/s;

/** Reads one criterion as dbt does; without a method it is a path, a file or a name, by what it looks like. Or what is wrong with it. */
export function parseSelector(text: string): Selector | { readonly mistake: string } {
  const groups = grammar.exec(text)?.groups;
  const value = groups?.["value"] ?? "";
  if (groups === undefined || value === "") return { mistake: "is no selector" };
  const withDownstreamNeeds = groups["at"] !== undefined;
  if (withDownstreamNeeds && groups["down"] !== undefined) {
    return { mistake: "has both @ and a + behind, and @ means all downstream already" };
  }
  return {
    text,
    method: groups["method"] ?? defaultMethod(value),
    args: (groups["args"] ?? "").split(".").slice(1),
    value,
    upstream: depth(groups["up"]),
    downstream: depth(groups["down"]),
    withDownstreamNeeds,
  };
}

/** The unions of a command line: each word is one, an intersection of what its commas part. */
export function parseUnions(texts: readonly string[]): readonly (readonly string[])[] {
  return texts
    .flatMap((text) => text.split(/\s+/))
    .filter((word) => word !== "")
    .map((word) => word.split(","));
}

function defaultMethod(value: string): string {
  if (value.includes("/")) return "path";
  return /\.(?:sql|csv|ya?ml)$/i.test(value) ? "file" : "fqn";
}

function depth(digits: string | undefined): number {
  return digits === undefined ? 0 : digits === "" ? Infinity : Number(digits);
}
