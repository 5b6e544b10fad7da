import { rm } from "node:fs/promises";
import { join } from "node:path";

import { newRunId } from "../execution/journal.ts";
import { landRows, timestampText } from "../ingest/land-rows.ts";
import type { VersionRecord } from "../learning/model-version.ts";
import type { EnteredTraining } from "../learning/registry.ts";
import type { Evidence, TrainingResult } from "../learning/training.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import { withLock } from "../warehouse/locks.ts";
import type { Effects } from "./effects.ts";
import { declaredTables } from "./ingest.ts";
import type { LoadedProject } from "./project-options.ts";

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Rows for a bronze table that the registry fills. */
interface Landed {
  readonly table: "model_decisions" | Evidence["table"];
  readonly rows: readonly Row[];
}

/** Lands what a training decided, for gold's model_performance_metrics. */
export async function landDecision(
  loaded: LoadedProject,
  {
    result,
    entered,
  }: { readonly result: Extract<TrainingResult, { status: "trained" }>; readonly entered: EnteredTraining },
  effects: Effects,
): Promise<void> {
  const { decision, challenger, baseline } = result;
  const serves = entered.toServe ?? decision.champion;
  const shared = { serves, decision: decision.serves, reason: decision.reason, trained_at: moment(decision.at) };
  const rows = [{ ...describe(challenger.record, entered.challenger), ...shared }];
  if (baseline !== null && entered.toServe !== null)
    rows.push({ ...describe(baseline.record, entered.toServe), ...shared });
  await landModelRows(loaded, [{ table: "model_decisions", rows }, ...evidenceOf(result, entered)], effects);
}

/** The evidence with the versions that came of it: the challenger's, and the baseline's where it is to serve. */
function evidenceOf(
  { evidence, challenger, baseline }: Extract<TrainingResult, { status: "trained" }>,
  entered: EnteredTraining,
): readonly Landed[] {
  if (evidence === null) return [];
  const { model, trainedAt, algorithm } = challenger.record;
  const versionOf = (name: string | number | boolean | null | undefined): number | null => {
    if (name === undefined || name === algorithm) return entered.challenger;
    return name === baseline?.record.algorithm ? entered.toServe : null;
  };
  const rows = evidence.rows.map((row) => ({
    model,
    training: entered.challenger,
    version: versionOf(row["algorithm"]),
    trained_at: moment(trainedAt),
    ...row,
  }));
  return [{ table: evidence.table, rows }];
}

/** Lands that a version was made champion by hand. */
export async function landPromotion(
  loaded: LoadedProject,
  { model, version, reason }: { readonly model: string; readonly version: number; readonly reason: string },
  effects: Effects,
): Promise<void> {
  const at = timestampText(effects.now());
  await landModelRows(
    loaded,
    [
      {
        table: "model_decisions",
        rows: [{ model, version, serves: version, decision: "by hand", reason, trained_at: at }],
      },
    ],
    effects,
  );
}

async function landModelRows(loaded: LoadedProject, landed: readonly Landed[], effects: Effects): Promise<void> {
  const { dataDir, project } = loaded;
  const landedAt = effects.now();
  const runId = newRunId(landedAt, effects.pid);
  const lock = {
    dataDir,
    name: "bronze" as const,
    command: "tonearm train",
    runId,
    startedAt: landedAt,
    waitSeconds: 600,
  };
  const workspace = join(temporaryFolder(dataDir, "bronze"), "decision");
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  await withLock(lock, () =>
    withDuckDB({ threads: 1 }, async (database) => {
      const target = { connection: await database.connect(), dataDir, workspace, tables: declaredTables(loaded) };
      const account = String(project.vars["account"] ?? "me");
      for (const { table, rows } of landed)
        await landRows({ table, kind: "registry", file: "registry", rows, gaps: [], account, landedAt }, target);
      await rm(workspace, { recursive: true, force: true });
    }),
  );
}

function describe(record: VersionRecord, version: number): Row {
  const { model, algorithm, task, window, rows, drift, metrics } = record;
  return {
    model,
    version,
    algorithm,
    task,
    data_from: window === null ? null : moment(window.from),
    data_to: window === null ? null : moment(window.to),
    train_size: rows.training,
    test_size: rows.holdout,
    drift: drift.length === 0 ? null : Math.max(...drift.map(({ index }) => index)),
    synthetic_rows: record.provenance["synthetic"] ?? 0,
    ...metrics,
  };
}

function moment(iso: string): string {
  return timestampText(new Date(iso));
}
