import { prng } from "../../prng.ts";
import { type FeatureTable, takeNumbers } from "./feature-table.ts";

/** How much worse a model gets when a feature's values are dealt out to other rows. */
export interface Importance {
  readonly feature: string;
  readonly meanLoss: number;
  readonly deviation: number;
}

/** Importances on rows the model has not seen, greatest first; `score` is higher for a better model. */
export function permutationImportance(
  features: FeatureTable,
  score: (features: FeatureTable) => number,
  options: { readonly repeats?: number; readonly seed: string },
): readonly Importance[] {
  const { repeats = 5, seed } = options;
  const whole = score(features);
  const importances = features.names.map((feature, index) => {
    const losses = Array.from({ length: repeats }, (_, repeat) => {
      const random = prng(`${seed}/${feature}/${repeat}`);
      const order = random.shuffled(Array.from({ length: features.rowCount }, (__, row) => row));
      const columns = features.columns.map((column, other) => (other === index ? takeNumbers(column, order) : column));
      return whole - score({ ...features, columns });
    });
    const meanLoss = losses.reduce((sum, loss) => sum + loss, 0) / repeats;
    const variance = losses.reduce((sum, loss) => sum + (loss - meanLoss) ** 2, 0) / repeats;
    return { feature, meanLoss, deviation: Math.sqrt(variance) };
  });
  return importances.toSorted((left, right) => right.meanLoss - left.meanLoss);
}
