import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import type { Decision } from "./decision.ts";
import type { ModelVersion } from "./model-version.ts";
import { type AliasName, type Aliases, readAliases, writeAliases } from "./registry-aliases.ts";
import { appendHistory, type HistoryEntry } from "./registry-history.ts";
import type { TrainingResult } from "./training.ts";
import {
  addVersion,
  type Found,
  listModels,
  listNumbers,
  readRecord,
  readVersion,
  type RegisteredVersion,
  versionPaths,
} from "./version-files.ts";
import { readWholeHistory } from "./whole-history.ts";

/** Everything in the registry; `diagnostics` names files that were left out because they are torn or altered. */
export interface RegistryContents {
  readonly versions: readonly RegisteredVersion[];
  readonly aliases: Aliases;
  readonly history: readonly HistoryEntry[];
  /** Model → the version that a decision made champion, but whose release was never published: a killed run. */
  readonly pending: Readonly<Record<string, number>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** When and why aliases move. */
export interface MoveReason {
  readonly at: string;
  readonly reason: string;
}

/** Versions of a training that was entered; `toServe` is to be promoted once a release scored with it is published. */
export interface EnteredTraining {
  readonly challenger: number;
  readonly toServe: number | null;
}

/** Trained models below `registry/`; whoever writes holds the lock `build`. */
export interface Registry {
  readonly list: () => Promise<RegistryContents>;
  readonly read: (model: string, version: number) => Promise<Found<ModelVersion & RegisteredVersion>>;
  /** The champion, null where there is none. */
  readonly champion: (model: string) => Promise<Found<(ModelVersion & RegisteredVersion) | null>>;
  readonly lastDecision: (model: string) => Promise<Decision | null>;
  /** Keeps the versions of a training, points `challenger` at the new one and writes the decision down. */
  readonly enter: (trained: Extract<TrainingResult, { readonly status: "trained" }>) => Promise<EnteredTraining>;
  /** Makes versions champions, all at once; one that is missing or altered is refused and nothing moves. */
  readonly promote: (versions: Readonly<Record<string, number>>, why: MoveReason) => Promise<void>;
  /** The same for what trainings decided, once a release scored with it is published. */
  readonly conclude: (versions: Readonly<Record<string, number>>, why: MoveReason) => Promise<void>;
  /** Gives up the version that a decision made champion, where no release was published with it yet: the champion stays. */
  readonly withdraw: (model: string, why: MoveReason) => Promise<void>;
  /** Makes a version, or where none is named the champion before this one, champion again, and tells its number. */
  readonly rollback: (model: string, why: MoveReason, version?: number | null) => Promise<number>;
}

/** The registry of a data folder; nothing is read or made yet. */
export function openRegistry(dataDir: string): Registry {
  return {
    list: () => listAll(dataDir),
    read: (model, version) => readVersion(dataDir, model, version),
    champion: (model) => readChampion(dataDir, model),
    lastDecision: async (model) => {
      const { history } = await readWholeHistory(dataDir);
      const last = history.findLast((entry) => entry.event === "decided" && entry.model === model);
      return last?.event === "decided" ? last.decision : null;
    },
    enter: (trained) => enterTraining(dataDir, trained),
    promote: (versions, why) => moveChampions(dataDir, versions, { ...why, action: "promote" }),
    conclude: (versions, why) => moveChampions(dataDir, versions, { ...why, action: "train" }),
    withdraw: async (model, why) => {
      const { aliases, pending } = await readWholeHistory(dataDir);
      const version = pending[model];
      if (version === undefined) return;
      const serves = aliases[model]?.champion?.version ?? null;
      await appendHistory(dataDir, [{ event: "withdrawn", model, version, serves, ...why }]);
    },
    rollback: async (model, why, to = null) => {
      const version = to ?? previousChampion(await readWholeHistory(dataDir), model);
      await moveChampions(dataDir, { [model]: version }, { ...why, action: "rollback" });
      return version;
    },
  };
}

async function listAll(dataDir: string): Promise<RegistryContents> {
  const { aliases, history, pending, diagnostics } = await readWholeHistory(dataDir);
  const found: Found<RegisteredVersion>[] = [];
  for (const model of await listModels(dataDir)) {
    for (const version of await listNumbers(dataDir, model)) found.push(await readRecord(dataDir, model, version));
  }
  return {
    versions: found.flatMap((one) => ("version" in one ? [one.version] : [])),
    aliases,
    history,
    pending,
    diagnostics: [...diagnostics, ...found.flatMap((one) => ("diagnostic" in one ? [one.diagnostic] : []))],
  };
}

async function readChampion(dataDir: string, model: string): Promise<Found<(ModelVersion & RegisteredVersion) | null>> {
  const alias = (await readAliases(dataDir))[model]?.champion ?? null;
  if (alias === null) return { version: null };
  const found = await readVersion(dataDir, model, alias.version);
  if ("diagnostic" in found || found.version.sha256 === alias.sha256) return found;
  const path = versionPaths(dataDir, model, alias.version).record;
  const hint = "It is not loaded. Promote it again if that is meant, or train again.";
  return { diagnostic: { path, message: "this file of the champion is not the one that was promoted", hint } };
}

async function enterTraining(
  dataDir: string,
  { challenger, baseline, decision, evidence }: Parameters<Registry["enter"]>[0],
): Promise<EnteredTraining> {
  const entered = await addVersion(dataDir, challenger, evidence);
  const fallback = baseline === null ? null : await addVersion(dataDir, baseline);
  const toServe = {
    challenger: entered.version,
    baseline: fallback?.version ?? null,
    champion: null,
  }[decision.serves];
  const { model, version } = entered;
  await appendHistory(dataDir, [{ event: "decided", model, challenger: version, toServe, decision }]);
  await moveAliases(dataDir, [entered], {
    alias: "challenger",
    at: decision.at,
    action: "train",
    reason: decision.reason,
  });
  return { challenger: version, toServe };
}

type Move = MoveReason & { readonly alias: AliasName; readonly action: "train" | "promote" | "rollback" };

async function moveChampions(
  dataDir: string,
  versions: Readonly<Record<string, number>>,
  why: Omit<Move, "alias">,
): Promise<void> {
  const found: Found<RegisteredVersion>[] = [];
  for (const [model, version] of Object.entries(versions)) found.push(await readVersion(dataDir, model, version));
  const diagnostics = found.flatMap((one) => ("diagnostic" in one ? [one.diagnostic] : []));
  if (diagnostics.length > 0) throw new ProjectError(diagnostics, 1);
  await moveAliases(
    dataDir,
    found.flatMap((one) => ("version" in one ? [one.version] : [])),
    { ...why, alias: "champion" },
  );
}

/** The alias file is the truth; the history is told afterwards. */
async function moveAliases(dataDir: string, versions: readonly RegisteredVersion[], why: Move): Promise<void> {
  const { aliases, untold } = await readWholeHistory(dataDir);
  const { alias, at, action, reason } = why;
  const moves = versions
    .map(({ model, version, sha256 }) => ({
      model,
      sha256,
      from: aliases[model]?.[alias]?.version ?? null,
      to: version,
    }))
    .filter(({ model, from, to, sha256 }) => from !== to || aliases[model]?.[alias]?.sha256 !== sha256);
  if (moves.length === 0 && untold.length === 0) return;
  const moved = moves.map(({ model, sha256, from, to }) => {
    const others = aliases[model] ?? { champion: null, challenger: null };
    return [model, { ...others, [alias]: { version: to, sha256, move: { at, action, from, to, reason } } }] as const;
  });
  await writeAliases(dataDir, { ...aliases, ...Object.fromEntries(moved) });
  const told = moves.map(
    ({ model, from, to }) => ({ event: "moved", model, alias, at, action, from, to, reason }) as const,
  );
  await appendHistory(dataDir, [...untold, ...told]);
}

/** Champions follow one another; a rollback takes the last away again. */
function previousChampion({ history }: { readonly history: readonly HistoryEntry[] }, model: string): number {
  const champions: number[] = [];
  for (const entry of history) {
    if (entry.event !== "moved" || entry.alias !== "champion" || entry.model !== model) continue;
    if (entry.action === "rollback") champions.splice(champions.lastIndexOf(entry.to) + 1);
    if (champions.at(-1) !== entry.to) champions.push(entry.to);
  }
  const previous = champions.at(-2);
  if (previous !== undefined) return previous;
  const message = `model '${model}' has no champion before this one`;
  throw new ProjectError([{ path: "registry", message, hint: `npm run registry lists the versions of ${model}` }], 1);
}
