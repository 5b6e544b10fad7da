import { createHash } from "node:crypto";

import { rowsText } from "./columnar-rows.ts";
import type { Decision } from "./decision.ts";
import type { ModelConfig } from "./model-config.ts";

/** What the settings of a training were: another hash means another model, worth a decision without new rows. */
export function hashSettings(config: ModelConfig, features: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify({ config, features })).digest("hex");
}

/** What the front matter of a training set says, without the columns that its query has. */
export function hashConfig(config: ModelConfig): string {
  return hashSettings(config, []);
}

interface State {
  readonly rows: { readonly labels: { readonly length: number }; readonly times: Float64Array | null };
  readonly settingsHash: string;
  readonly dataHash: string;
}

/** Why nothing is trained yet: the same data and settings as at the last decision, or too few new rows; null otherwise. */
export function reasonToWait(state: State, config: Pick<ModelConfig, "gates">, last: Decision | null): string | null {
  if (last === null || last.settingsHash !== state.settingsHash) return null;
  const since = last.at.slice(0, 10);
  if (last.dataHash === state.dataHash) return `Neither rows nor settings changed since the decision of ${since}.`;
  const { min_new_rows: least } = config.gates;
  const count = countNewRows(state, last);
  return count >= least
    ? null
    : `Only ${rowsText(count)} came since the decision of ${since}; a new one needs ${least}.`;
}

function countNewRows({ rows: { labels, times } }: State, { rows, newest }: Decision): number {
  if (times === null || newest === null) return Math.max(0, labels.length - rows);
  return times.reduce((count, time) => count + (time > newest ? 1 : 0), 0);
}
