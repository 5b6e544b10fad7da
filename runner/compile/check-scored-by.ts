import { type Diagnostic, didYouMean, locate } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";

/** A diagnostic for each predictions model whose `scored_by` names no trained model. */
export function checkScoredBy({ models }: Project): readonly Diagnostic[] {
  const trained = models.filter(({ config }) => config.materialized === "trained_model").map(({ name }) => name);
  return models.flatMap(({ path, text, config: { scoredBy } }) => {
    if (scoredBy === null || trained.includes(scoredBy)) return [];
    const hint = didYouMean(scoredBy, trained) ?? "trained models are those with materialized: trained_model";
    const place = locate(text, text.indexOf(scoredBy, text.indexOf("scored_by:")));
    return [{ path, ...place, message: `scored_by '${scoredBy}' names no trained model`, hint }];
  });
}
