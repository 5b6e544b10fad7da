import { type Contest, decidePromotion } from "./decide-promotion.ts";
import { hashConfig } from "./enough-new-rows.ts";
import type { ModelConfig } from "./model-config.ts";
import type { Decision } from "./decision.ts";

/** On what and when something is decided. */
export interface DecisionBasis {
  readonly now: string;
  readonly champion: { readonly version: number } | null;
  /** Rows that there are to learn from. */
  readonly rows: number;
  /** When the rows happened, milliseconds since 1970; null when the model knows no time. */
  readonly times: Float64Array | null;
  readonly settingsHash: string;
  readonly config: ModelConfig;
  readonly dataHash: string;
}

/** Who is to serve, and why, as the registry keeps it. */
export function describeDecision(contest: Contest, basis: DecisionBasis): Decision {
  const { serves, reason } = decidePromotion(contest);
  const met = contest.champion?.comparison;
  return {
    at: basis.now,
    serves: serves === "baseline" && contest.challenger.isBaseline ? "challenger" : serves,
    reason,
    champion: basis.champion?.version ?? null,
    rows: basis.rows,
    newest: basis.times === null ? null : basis.times.reduce((most, time) => Math.max(most, time), -Infinity),
    settingsHash: basis.settingsHash,
    configHash: hashConfig(basis.config),
    dataHash: basis.dataHash,
    comparisons: [contest.againstBaseline, ...(met === undefined || "incomparable" in met ? [] : [met])],
  };
}
