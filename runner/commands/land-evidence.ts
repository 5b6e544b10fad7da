import { timestampText } from "../ingest/land-rows.ts";
import type { EnteredTraining } from "../learning/registry.ts";
import type { TrainingResult } from "../learning/training.ts";
import type { Effects } from "./effects.ts";
import { landRegistryRows } from "./land-registry-rows.ts";
import type { LoadedProject } from "./project-options.ts";

interface EnteredResult {
  readonly result: Extract<TrainingResult, { status: "trained" }>;
  readonly entered: EnteredTraining;
}

/** Lands what a decision rests on row by row, with the versions that came of it: the challenger's, and the baseline's where it is to serve. */
export async function landEvidence(
  loaded: LoadedProject,
  { result, entered }: EnteredResult,
  effects: Effects,
): Promise<void> {
  const { evidence, challenger, baseline } = result;
  if (evidence === null) return;
  const { model, trainedAt, algorithm } = challenger.record;
  const versionOf = (name: string | number | boolean | null | undefined): number | null => {
    if (name === undefined || name === algorithm) return entered.challenger;
    return name === baseline?.record.algorithm ? entered.toServe : null;
  };
  const rows = evidence.rows.map((row) => ({
    model,
    training: entered.challenger,
    version: versionOf(row["algorithm"]),
    trained_at: timestampText(new Date(trainedAt)),
    ...row,
  }));
  const { table } = evidence;
  const account = String(loaded.project.vars["account"] ?? "me");
  const landedAt = effects.now();
  await landRegistryRows(
    loaded,
    [{ table, kind: "registry", file: "registry", rows, gaps: [], account, landedAt }],
    effects,
  );
}
