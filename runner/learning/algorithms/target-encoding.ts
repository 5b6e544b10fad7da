import * as z from "zod";

/** What the labels of each category were on average; `smoothing` rows of the overall mean are mixed into each. */
export const targetEncodingSchema = z.strictObject({
  overall: z.number(),
  means: z.array(z.tuple([z.string(), z.number()]).readonly()).readonly(),
});

export type TargetEncoding = Readonly<z.infer<typeof targetEncodingSchema>>;

/** Learns the mean label of each category, on training rows only: on others it would carry their labels to themselves. */
export function fitTargetEncoding(
  categories: readonly string[],
  labels: ArrayLike<number>,
  smoothing = 20,
): TargetEncoding {
  const sums = new Map<string, { sum: number; rows: number }>();
  let total = 0;
  for (const [row, category] of categories.entries()) {
    const entry = sums.get(category) ?? { sum: 0, rows: 0 };
    entry.sum += labels[row] ?? 0;
    entry.rows++;
    total += labels[row] ?? 0;
    sums.set(category, entry);
  }
  const overall = total / categories.length;
  const means = [...sums].map(
    ([category, { sum, rows }]) => [category, (sum + smoothing * overall) / (rows + smoothing)] as const,
  );
  return { overall, means: means.toSorted(([left], [right]) => (left < right ? -1 : 1)) };
}

/** The categories as numbers; one that training did not know gets the overall mean. */
export function encodeTargets(categories: readonly string[], encoding: TargetEncoding): Float64Array {
  const means = new Map(encoding.means);
  return Float64Array.from(categories, (category) => means.get(category) ?? encoding.overall);
}
