import * as z from "zod";

import { type Checksums, checksumParts } from "../compile/checksums.ts";

const hash = z.string();
const checksums = z.object({
  body: hash,
  configs: hash,
  relation: hash,
  persisted_descriptions: hash,
  macros: hash,
}) satisfies z.ZodType<Checksums>;
const manifest = z.object({ checksums: z.record(z.string(), checksums) });
const outcome = z.object({ uniqueId: z.string(), status: z.string() });
const runResults = z.object({ results: z.array(outcome.extend({ tests: z.array(outcome) })) });

/** What `state:` and `result:` compare with. */
export interface PreviousState {
  readonly checksums: Readonly<Record<string, Checksums>>;
  /** Unique id of a node or test → the status it ended with. */
  readonly results: Readonly<Record<string, string>>;
}

/** The state of a project that was never compiled nor built. */
export const noState: PreviousState = { checksums: {}, results: {} };

/** The checksums of a `manifest.json`; of one of an older version an error of zod. */
export function parseChecksums(value: unknown): PreviousState["checksums"] {
  return manifest.parse(value).checksums;
}

/** The statuses of a `run_results.json`, tests among them. */
export function parseResults(value: unknown): PreviousState["results"] {
  const all = runResults.parse(value).results.flatMap((result) => [result, ...result.tests]);
  return Object.fromEntries(all.map(({ uniqueId, status }) => [uniqueId, status]));
}

type Check = (now: Checksums | undefined, before: Checksums | undefined) => boolean;

/** What `state:` takes, and when it holds of a resource, by its checksums now and in the manifest of --state. */
export const stateChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["new", (_, before) => before === undefined],
  ["old", (_, before) => before !== undefined],
  ["modified", (now, before) => checksumParts.some((part) => differs(now, before, part))],
  ["unmodified", (now, before) => before !== undefined && !checksumParts.some((part) => differs(now, before, part))],
  ...checksumParts.map((part): [string, Check] => [`modified.${part}`, (now, before) => differs(now, before, part)]),
]);

function differs(now: Checksums | undefined, before: Checksums | undefined, part: keyof Checksums): boolean {
  return now?.[part] !== before?.[part];
}
