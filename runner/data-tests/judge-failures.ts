import type { TestSettings, Threshold, ThresholdOperator } from "../project/project.ts";

const comparisons: Readonly<Record<ThresholdOperator, (failures: number, count: number) => boolean>> = {
  "=": (failures, count) => failures === count,
  "!=": (failures, count) => failures !== count,
  "<": (failures, count) => failures < count,
  "<=": (failures, count) => failures <= count,
  ">": (failures, count) => failures > count,
  ">=": (failures, count) => failures >= count,
};

/** What so many failures mean: as in dbt, `error_if` counts with severity error only, and `warn_if` where it does not hold. */
export function judgeFailures(
  { severity, errorIf, warnIf }: Pick<TestSettings, "severity" | "errorIf" | "warnIf">,
  failures: number,
): "pass" | "warn" | "fail" {
  if (severity === "error" && holds(errorIf, failures)) return "fail";
  return holds(warnIf, failures) ? "warn" : "pass";
}

function holds(threshold: Threshold | null, failures: number): boolean {
  const { operator, count } = threshold ?? { operator: "!=", count: 0 };
  return comparisons[operator](failures, count);
}
