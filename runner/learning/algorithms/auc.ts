import type { Metric } from "./metric.ts";

/**
 * The probability that a row of class 1 scores higher than one of class 0, ties counting half: the area under the
 * receiver operating characteristic. NaN when one class has no row.
 */
export function auc(labels: Int32Array, scores: Float64Array): Metric {
  const order = Int32Array.from(labels.keys()).toSorted((left, right) => (scores[left] ?? 0) - (scores[right] ?? 0));
  return (weights) => {
    let lowerNegatives = 0;
    let positives = 0;
    let pairsWon = 0;
    for (let start = 0; start < order.length;) {
      const score = scores[order[start] ?? 0];
      let tiedPositives = 0;
      let tiedNegatives = 0;
      for (; start < order.length && scores[order[start] ?? 0] === score; start++) {
        const row = order[start] ?? 0;
        const weight = weights?.[row] ?? 1;
        if (labels[row] === 1) tiedPositives += weight;
        else tiedNegatives += weight;
      }
      pairsWon += tiedPositives * (lowerNegatives + tiedNegatives / 2);
      lowerNegatives += tiedNegatives;
      positives += tiedPositives;
    }
    return positives === 0 || lowerNegatives === 0 ? Number.NaN : pairsWon / (positives * lowerNegatives);
  };
}
