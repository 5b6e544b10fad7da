import type { Diagnostic } from "../diagnostics.ts";
import { type Aliases, readAliases } from "./registry-aliases.ts";
import { type HistoryEntry, readHistory } from "./registry-history.ts";

/** What the registry's aliases and its history say together. */
export interface WholeHistory {
  readonly aliases: Aliases;
  readonly history: readonly HistoryEntry[];
  /** Moves that a killed process had made but not told. */
  readonly untold: readonly HistoryEntry[];
  /** Model → the version that a decision made champion, but with which no release is published yet. */
  readonly pending: Readonly<Record<string, number>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Every decision and move, also those moves that a killed process had made but not told. */
export async function readWholeHistory(dataDir: string): Promise<WholeHistory> {
  const aliases = await readAliases(dataDir);
  const { entries, diagnostics } = await readHistory(dataDir);
  const told = new Set(entries.map(nameMove));
  const current: readonly HistoryEntry[] = Object.entries(aliases).flatMap(([model, own]) =>
    (["champion", "challenger"] as const).flatMap((alias) => {
      const move = own[alias]?.move;
      if (move === undefined) return [];
      const { at, action, from, to, reason } = move;
      return [{ event: "moved", model, alias, at, action, from, to, reason } as const];
    }),
  );
  const untold = current.filter((entry) => !told.has(nameMove(entry)));
  const history = [...entries, ...untold];
  return { aliases, history, untold, pending: findPending(history), diagnostics };
}

function nameMove(entry: HistoryEntry): string | null {
  return entry.event === "moved" ? [entry.model, entry.alias, entry.at, entry.to].join(" ") : null;
}

function findPending(history: readonly HistoryEntry[]): Readonly<Record<string, number>> {
  const pending = new Map<string, number>();
  for (const entry of history) {
    if (entry.event === "moved" && entry.alias === "challenger") continue;
    if (entry.event === "decided" && entry.toServe !== null) pending.set(entry.model, entry.toServe);
    else pending.delete(entry.model);
  }
  return Object.fromEntries(pending);
}
