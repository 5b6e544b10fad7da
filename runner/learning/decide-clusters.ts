import { hasTinyCluster } from "./algorithms/choose-clusters.ts";
import type { ClusterQuality } from "./algorithms/cluster-quality.ts";
import type { ClusterResult } from "./algorithms/clusters.ts";
import { isBetter } from "./compare-models.ts";
import { type Champion, describeComparison, failedGates } from "./decide-promotion.ts";
import type { ModelConfig } from "./model-config.ts";
import type { Decision } from "./decision.ts";

/** The champion's clusters on today's rows. */
export interface ClusterMeeting extends Pick<Champion, "version" | "comparison"> {
  readonly hasTinyCluster: boolean;
}

/** What a decision about clusters rests on. */
export interface ClusterContest {
  readonly found: ClusterResult;
  readonly chosen: ClusterQuality;
  readonly meeting: ClusterMeeting | null;
  readonly gates: ModelConfig["gates"];
  readonly metrics: Readonly<Record<string, number | null>>;
}

/**
 * Whether new clusters serve: the first ones do, then such that separate today's rows better than the champion's by the
 * gate and beyond chance, or where one of the champion's has become tiny. Otherwise names and numbers stay as they are.
 */
export function decideClusters(contest: ClusterContest): Pick<Decision, "serves" | "reason"> {
  const { found, chosen, meeting, gates } = contest;
  const failed = failedGates(contest);
  if (failed.length > 0) return { serves: "champion", reason: `A gate failed: ${failed.join(", ")}.` };
  const own = `${chosen.k} clusters, ${found.choice.structure}: ${found.choice.reason}`;
  if (meeting === null) return { serves: "challenger", reason: `The first champion. ${own}.` };
  const { version, comparison } = meeting;
  if ("incomparable" in comparison) {
    return {
      serves: "challenger",
      reason: `Champion ${version} cannot be compared: ${comparison.incomparable}. ${own}.`,
    };
  }
  if (meeting.hasTinyCluster && !hasTinyCluster(chosen)) {
    return { serves: "challenger", reason: `A cluster of champion ${version} holds less than 5 % by now. ${own}.` };
  }
  return isBetter(comparison, gates.min_gain)
    ? { serves: "challenger", reason: `Better than champion ${version}: ${describeComparison(comparison)}. ${own}.` }
    : {
        serves: "champion",
        reason: `Not better than champion ${version} beyond chance: ${describeComparison(comparison)}.`,
      };
}
