import { TooFewRowsError, TrainingDataError } from "./algorithms/training-data-error.ts";
import { buildVersion } from "./build-version.ts";
import { pickRows } from "./columnar-rows.ts";
import { compareModels } from "./compare-models.ts";
import type { Contest } from "./decide-promotion.ts";
import { describeDecision } from "./describe-decision.ts";
import { hashSettings, reasonToWait } from "./enough-new-rows.ts";
import { featureDrift } from "./feature-drift.ts";
import { findLeaks } from "./find-leaks.ts";
import { type Judgement, judge, judgedRows, testMetrics } from "./judge.ts";
import { meetChampion } from "./meet-champion.ts";
import type { FeatureDrift, ModelVersion, VersionRecord } from "./model-version.ts";
import { splitRows } from "./split-rows.ts";
import { trainClusters } from "./train-clusters.ts";
import { trainForecast } from "./train-forecast.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";
import { algorithmsOf, type TrainingConfig } from "./training-config.ts";
import { prepareTrainingRows } from "./training-rows.ts";
import { baselineAlgorithm, bestTrial, type Course, tryAlgorithm, tryAlgorithms } from "./trial.ts";

/**
 * Tries the algorithms on folds, judges the best on the holdout against baseline and champion, decides who serves and
 * refits the challenger on all rows. The same input gives the same result. Data that cannot be learned from is refused
 * with every reason; a champion then goes on serving.
 */
export function trainModel(input: TrainingInput): TrainingResult {
  const { config } = input;
  try {
    if (config.task === "forecast") return trainForecast({ ...input, config });
    if (config.task === "clustering") return trainClusters({ ...input, config });
    return train({ ...input, config });
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    return { status: "refused", problems: [error.message], isTooEarly: error instanceof TooFewRowsError };
  }
}

function train(input: TrainingInput<TrainingConfig>): TrainingResult {
  const { config, seed, origin } = input;
  const rows = prepareTrainingRows(config, input.rows);
  if ("problems" in rows) return { status: "refused", ...rows };
  const leaks = findLeaks(rows);
  if (leaks.length > 0) return { status: "refused", problems: leaks, isTooEarly: false };
  const settingsHash = hashSettings(config, rows.features.names);
  const state = { rows, settingsHash, dataHash: origin.dataHash };
  const reason = input.isForced === true ? null : reasonToWait(state, config, input.lastDecision);
  if (reason !== null) return { status: "skipped", reason };
  return compete({ config, rows, split: splitRows(rows, seed), seed }, { ...input, settingsHash });
}

function compete(
  course: Course,
  input: TrainingInput<TrainingConfig> & { readonly settingsHash: string },
): TrainingResult {
  const { config } = course;
  const baseline = judge(course, tryAlgorithm(course, baselineAlgorithm(config)));
  const [first, ...others] = tryAlgorithms(course, algorithmsOf(config));
  const challenger = first === undefined ? baseline : judge(course, bestTrial([first, ...others]));
  const metrics = testMetrics(course, challenger, baseline.outputs);
  const contest = describeContest(course, input, { baseline, challenger, metrics });
  const { labels, times } = course.rows;
  const basis = { ...input, rows: labels.length, times, dataHash: input.origin.dataHash };
  const decision = describeDecision(contest, basis);
  const drift = measureDrift(course, input);
  const occasion = { model: input.model, now: input.now, origin: input.origin, decision, drift };
  const baselineMetrics = testMetrics(course, baseline, baseline.outputs);
  return {
    status: "trained",
    decision,
    challenger: buildVersion(course, challenger, { ...occasion, metrics }),
    baseline:
      decision.serves === "baseline" ? buildVersion(course, baseline, { ...occasion, metrics: baselineMetrics }) : null,
    evidence: null,
    warnings: describeDrift(drift, input.champion),
  };
}

interface Judgements {
  readonly baseline: Judgement;
  readonly challenger: Judgement;
  readonly metrics: VersionRecord["metrics"];
}

function describeContest(
  course: Course,
  input: TrainingInput<TrainingConfig>,
  { baseline, challenger, metrics }: Judgements,
): Contest {
  const { config, split, seed } = course;
  const opponent = { against: "baseline", version: null, outputs: baseline.outputs, seed } as const;
  const rivals = { challenger: challenger.judged, baseline: baseline.judged };
  const { champion } = input;
  const { algorithm } = challenger.trial.recipe;
  return {
    challenger: { algorithm, isBaseline: algorithm === baselineAlgorithm(config) },
    baseline: config.baseline ?? baseline.trial.recipe.algorithm,
    againstBaseline: compareModels(judgedRows(course, split.holdout.holdout), challenger.outputs, opponent),
    champion: champion === null ? null : meetChampion(course, input.rows, { ...rivals, champion }),
    gates: config.gates,
    metrics,
  };
}

/** Of the newest rows where rows have a time, otherwise of all, against the training of the champion. */
function measureDrift(
  { split }: Course,
  { champion, rows, config }: TrainingInput<TrainingConfig>,
): readonly FeatureDrift[] {
  if (champion === null) return [];
  const now = config.time === undefined ? rows : pickRows(rows, split.holdout.holdout);
  return featureDrift(champion.record, now);
}

function describeDrift(drift: readonly FeatureDrift[], champion: ModelVersion | null): readonly string[] {
  return drift
    .filter((one) => one.drift === "significant")
    .map(
      ({ feature, index }) =>
        `The feature '${feature}' is no longer what champion ${champion?.version} learned from: stability index ${index.toFixed(2)}, above 0.25.`,
    );
}
