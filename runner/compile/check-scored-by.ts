import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";

/** A diagnostic for each predictions model whose `scored_by` names no trained model. */
export function checkScoredBy({ models }: Project): readonly Diagnostic[] {
  const trained = models.filter(({ config }) => config.materialized === "trained_model").map(({ name }) => name);
  return models.flatMap(({ path, config: { scoredBy }, configPlace }) => {
    if (scoredBy === null || trained.includes(scoredBy)) return [];
    const hint = didYouMean(scoredBy, trained) ?? "trained models are those with materialized: trained_model";
    return [{ path, ...configPlace, message: `scored_by '${scoredBy}' names no trained model`, hint }];
  });
}
