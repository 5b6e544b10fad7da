import { type StageName, stageNames, type StagePolicy } from "../project/schedules.ts";

/** What only one stage at a time may work on, over all processes. */
export type StageLock = "bronze" | "build" | "export";

/** The lock that each stage holds. */
export const stageLocks = {
  files: "bronze",
  poll: "bronze",
  bronze: "bronze",
  build: "build",
  predictive: "build",
  train: "build",
  export: "export",
} as const satisfies Record<StageName, StageLock>;

export type StagePolicies = Readonly<Record<StageName, StagePolicy>>;

/** Stages in the order in which they run. */
export function inOrder(stages: Iterable<StageName>): readonly StageName[] {
  const chosen = new Set(stages);
  return stageNames.filter((stage) => chosen.has(stage));
}

/** The stages, and what runs after them, and after that. */
export function withFollowers(stages: Iterable<StageName>, policies: StagePolicies): readonly StageName[] {
  const planned = new Set(stages);
  // In this order whatever runs after a stage stands behind it.
  for (const stage of stageNames) if (policies[stage].after.some((other) => planned.has(other))) planned.add(stage);
  return inOrder(planned);
}

/** Stages that belong into one run: they follow each other, or wait for each other because both build. */
export function groupStages(stages: readonly StageName[], policies: StagePolicies): readonly (readonly StageName[])[] {
  const groups: StageName[][] = [];
  for (const stage of stages) {
    const isTied = (other: StageName): boolean =>
      policies[stage].after.includes(other) || (stageLocks[stage] === "build" && stageLocks[other] === "build");
    const tied = groups.filter((group) => group.some(isTied));
    for (const group of tied) groups.splice(groups.indexOf(group), 1);
    groups.push([...tied.flat(), stage]);
  }
  return groups.map(inOrder);
}
