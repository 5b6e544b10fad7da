import type { ClusterQuality } from "./cluster-quality.ts";

const leastShare = 0.05;

/** Below it the clusters of other plays of the same life would be other ones. */
const leastAri = 0.7;

/** Below it there is "no substantial structure" (Kaufman and Rousseeuw, 1990). */
const leastSilhouette = 0.25;

export interface ClusterChoice {
  readonly k: number;
  /** Weak when no k passes every test, or when the best silhouette says so. */
  readonly structure: "clear" | "weak";
  readonly reason: string;
}

/**
 * The k whose silhouette lies farthest above that of shuffled columns, among those without tiny clusters and with a
 * bootstrap ARI of at least 0.7; where none passes, the most stable one without tiny clusters, and where there is none
 * either, the one whose smallest cluster is the largest: both called weak.
 */
export function chooseClusters(curve: readonly ClusterQuality[]): ClusterChoice | null {
  const allowed = curve.filter((one) => !hasTinyCluster(one));
  const sound = allowed.filter((one) => one.silhouette > one.shuffledSilhouette && one.bootstrapAri >= leastAri);
  const best = highest(sound, (one) => one.silhouette - one.shuffledSilhouette);
  if (best !== undefined) {
    const isClear = best.silhouette >= leastSilhouette;
    return { k: best.k, structure: isClear ? "clear" : "weak", reason: describe(best) };
  }
  const stablest = highest(allowed, (one) => one.bootstrapAri) ?? highest(curve, (one) => one.smallestShare);
  return stablest === undefined ? null : { k: stablest.k, structure: "weak", reason: describe(stablest) };
}

/** Clusters smaller than this share of the points are outliers, not moods. */
export function hasTinyCluster({ smallestShare }: Pick<ClusterQuality, "smallestShare">): boolean {
  return smallestShare < leastShare;
}

function highest(curve: readonly ClusterQuality[], of: (one: ClusterQuality) => number): ClusterQuality | undefined {
  return curve.toSorted((left, right) => of(right) - of(left))[0];
}

function describe(one: ClusterQuality): string {
  const [own, shuffled, ari] = [one.silhouette, one.shuffledSilhouette, one.bootstrapAri].map((value) =>
    value.toFixed(2),
  );
  const tiny = hasTinyCluster(one) ? `, a cluster of only ${(100 * one.smallestShare).toFixed(1)} %` : "";
  return `silhouette ${own} against ${shuffled} for shuffled columns, bootstrap ARI ${ari}${tiny}`;
}
