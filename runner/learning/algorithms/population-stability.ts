import * as z from "zod";

/** A feature as it was in training: edges at its deciles, and the share of rows in each bin, last those without a value. */
export const referenceDistributionSchema = z.strictObject({
  edges: z.array(z.number()).readonly(),
  shares: z.array(z.number()).readonly(),
});

export type ReferenceDistribution = Readonly<z.infer<typeof referenceDistributionSchema>>;

export type Drift = "none" | "moderate" | "significant";

/** An empty bin would make the index infinite. */
const leastShare = 1e-4;

/** Fixes the bins, at most ten by quantiles, on the values of training; NaN is missing. */
export function referenceDistribution(training: Float64Array): ReferenceDistribution {
  const present = training.filter((value) => !Number.isNaN(value)).toSorted();
  const ranks = Array.from({ length: 9 }, (_, index) => Math.ceil(((index + 1) * present.length) / 10) - 1);
  const deciles = ranks.flatMap((rank) => present[rank] ?? []);
  const edges = [...new Set(deciles)].filter((edge) => edge < (present.at(-1) ?? edge));
  return { edges, shares: sharesOf(training, edges) };
}

/**
 * Population stability index: Σ (now − then) × ln(now / then) over the bins, shares below 0.0001 counting as that. By
 * custom below 0.1 says nothing, above 0.25 the feature is another one than the model learned from.
 */
export function populationStability(reference: ReferenceDistribution, values: Float64Array): number {
  const now = sharesOf(values, reference.edges);
  return now.reduce((total, share, bin) => {
    const current = Math.max(share, leastShare);
    const then = Math.max(reference.shares[bin] ?? 0, leastShare);
    return total + (current - then) * Math.log(current / then);
  }, 0);
}

/** The customary name of an index: from 0.1 moderate, above 0.25 significant. */
export function driftOf(index: number): Drift {
  if (index > 0.25) return "significant";
  return index < 0.1 ? "none" : "moderate";
}

function sharesOf(values: Float64Array, edges: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 2 }, () => 0);
  for (const value of values) {
    const above = edges.findIndex((edge) => value <= edge);
    const bin = Number.isNaN(value) ? edges.length + 1 : above === -1 ? edges.length : above;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(values.length, 1));
}
