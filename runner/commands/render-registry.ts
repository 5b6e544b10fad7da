import type { VersionRecord } from "../learning/model-version.ts";
import type { RegistryContents } from "../learning/registry.ts";
import { alignTable } from "./text-table.ts";

/** Decisions that are shown, the newest ones. */
const mostDecisions = 20;

/** All versions with their figures on rows that were held out, and what was decided last. */
export function renderRegistry({ versions, aliases, pending, history }: RegistryContents): readonly string[] {
  if (versions.length === 0) return ["No model has been trained yet: npm run train"];
  const rows = versions.map(({ model, version, record }) => {
    const { metrics, task } = record;
    const number = task === "forecast" ? "mae" : "rmse";
    return [
      model,
      version,
      roleOf({ aliases, pending }, model, version),
      record.algorithm,
      metrics[`test_${number}`] ?? metrics["log_loss"] ?? null,
      metrics[`baseline_${number}`] ?? metrics["baseline_log_loss"] ?? null,
      metrics["test_r2"] ?? null,
      metrics["auc"] ?? null,
      metrics["test_accuracy"] ?? null,
      worstDrift(record),
      record.rows.total,
      record.window === null ? null : record.window.to.slice(0, 10),
      new Date(record.trainedAt),
    ];
  });
  const heads = ["model", "version", "alias", "algorithm", "loss", "baseline", "R²", "AUC", "accuracy", "drift"];
  return [
    ...alignTable([...heads, "rows", "newest row", "trained at (UTC)"], rows),
    "",
    "Loss, on rows that were held out: of a forecast its mean absolute error, of other numbers the root mean squared one, of classes log loss.",
    "Drift: the farthest feature.",
    "",
    "Decisions",
    ...history.flatMap(describeEntry).slice(-mostDecisions),
    "",
  ];
}

function roleOf({ aliases, pending }: Pick<RegistryContents, "aliases" | "pending">, model: string, version: number) {
  const own = aliases[model];
  const roles = [
    own?.champion?.version === version ? "champion" : "",
    pending[model] === version ? "next champion" : "",
    own?.challenger?.version === version ? "challenger" : "",
  ];
  return roles.find((role) => role !== "") ?? "";
}

function worstDrift({ drift }: VersionRecord): string | null {
  const [worst] = drift;
  return worst === undefined ? null : `${worst.drift} (${worst.feature} ${worst.index.toFixed(2)})`;
}

function describeEntry(entry: RegistryContents["history"][number]): readonly string[] {
  if (entry.event === "decided") {
    const { challenger, decision, model } = entry;
    return [`${minuteOf(decision.at)}  ${model} ${challenger}: ${decision.reason}`];
  }
  if (entry.event === "withdrawn")
    return [`${minuteOf(entry.at)}  ${entry.model} ${entry.version}: not promoted after all, ${entry.reason}`];
  if (entry.alias === "challenger" || entry.action === "train") return [];
  return [`${minuteOf(entry.at)}  ${entry.model} ${entry.to}: champion, ${entry.reason}`];
}

function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
