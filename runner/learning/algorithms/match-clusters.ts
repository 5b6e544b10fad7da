import { type Point, squaredDistance } from "./k-means.ts";

/**
 * A number for each new centroid: that of the former centroid it is matched with, nearest pairs first, so that a
 * cluster keeps its number from build to build; those left over get the smallest numbers nobody has. Both in one space.
 */
export function matchClusters(
  centroids: readonly Point[],
  former: readonly { readonly number: number; readonly centroid: Point }[],
): readonly number[] {
  const pairs = centroids
    .flatMap((centroid, index) =>
      former.map((one) => ({ index, number: one.number, distance: squaredDistance(centroid, one.centroid) })),
    )
    .toSorted((left, right) => left.distance - right.distance);
  const numbers = new Map<number, number>();
  const taken = new Set<number>();
  for (const { index, number } of pairs) {
    if (numbers.has(index) || taken.has(number)) continue;
    numbers.set(index, number);
    taken.add(number);
  }
  return centroids.map((_, index) => {
    const number = numbers.get(index) ?? smallestFree(taken);
    taken.add(number);
    return number;
  });
}

function smallestFree(taken: ReadonlySet<number>): number {
  let number = 0;
  while (taken.has(number)) number++;
  return number;
}
