import type { SplitRules } from "./best-split.ts";
import { type BinnedTable, binFeatures, blockTable, fitBinEdges } from "./binning.ts";
import { type BoostingLoss, boostingLosses, type Derivatives, type LossName } from "./boosting-losses.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import { type FeatureTable, takeNumbers, takeRows } from "./feature-table.ts";
import { growTree, type TreeGround } from "./grow-tree.ts";
import { packGradients } from "./packed-gradients.ts";
import { scorerOver } from "./score-trees.ts";
import type { Tree } from "./tree.ts";
import { validationRows } from "./validation-rows.ts";

/** What to lower, on which rows; labels are numbers or class indexes. */
export interface BoostingTask {
  readonly features: FeatureTable;
  readonly labels: Float64Array;
  readonly groups?: readonly string[];
  readonly loss: LossName;
  readonly classCount: number;
}

/** A booster: raw score of an output = its baseline + the leaf values of its trees, one tree an output a round. */
export interface Boosted {
  readonly edges: readonly (readonly number[])[];
  readonly baseline: readonly number[];
  readonly rounds: readonly (readonly Tree[])[];
}

interface Part {
  readonly table: BinnedTable;
  readonly labels: Float64Array;
  readonly scores: readonly Float64Array[];
}

/** Gradient boosting on histograms, as scikit-learn's HistGradientBoosting does it. */
export function boost(task: BoostingTask, settings: BoostingSettings): Boosted {
  const loss: BoostingLoss = boostingLosses[task.loss];
  const isValidation = validationRows(task, settings);
  const training = takePart(task, (row) => !isValidation.has(row));
  const edges = fitBinEdges(training.features);
  const baseline = loss.baseline(training.labels, task.classCount);
  const trainingPart = startPart(training, edges, baseline);
  const validation =
    isValidation.size === 0
      ? null
      : startPart(
          takePart(task, (row) => isValidation.has(row)),
          edges,
          baseline,
        );
  const addToValidation = validation === null ? null : scorerOver(validation.table, 1);
  const ground = prepareGround(trainingPart.table, settings);
  const binCounts = edges.map((featureEdges) => featureEdges.length + 1);
  const derivatives = baseline.map(() => emptyDerivatives(trainingPart.labels.length, loss.hasHessians));
  const rounds: (readonly Tree[])[] = [];
  const losses = validation === null ? [] : [loss.value(validation.scores, validation.labels)];
  while (rounds.length < settings.rounds && !isStale(losses, settings.patience)) {
    loss.derive(trainingPart.scores, trainingPart.labels, derivatives);
    const trees = derivatives.map((one, output) => {
      const tree = fitTree(one, trainingPart.scores[output] ?? new Float64Array(), {
        ground,
        binCounts,
        settings,
      });
      if (validation !== null) addToValidation?.([tree], validation.scores[output] ?? new Float64Array());
      return tree;
    });
    if (trees.every((tree) => tree.feature.length === 1)) break;
    rounds.push(trees);
    if (validation !== null) losses.push(loss.value(validation.scores, validation.labels));
  }
  return { edges, baseline, rounds: validation === null ? rounds : rounds.slice(0, lowest(losses)) };
}

/** Grows one tree and adds it to the scores it was grown for. */
function fitTree(
  derivatives: Derivatives,
  scores: Float64Array,
  work: { readonly ground: TreeGround; readonly binCounts: readonly number[]; readonly settings: BoostingSettings },
): Tree {
  const { minLeafRows, l2 } = work.settings;
  const gradients = packGradients(derivatives.gradients, derivatives.hessians);
  const rules: SplitRules = { gradients, binCounts: work.binCounts, minLeafRows, l2 };
  const { tree, leaves } = growTree(work.ground, rules);
  for (const { rows, start, end, value } of leaves) {
    for (let index = start; index < end; index++) {
      const row = rows[index] ?? 0;
      scores[row] = (scores[row] ?? 0) + value;
    }
  }
  return tree;
}

function emptyDerivatives(rowCount: number, hasHessians: boolean): Derivatives {
  return { gradients: new Float64Array(rowCount), hessians: hasHessians ? new Float64Array(rowCount) : null };
}

function takePart(
  task: BoostingTask,
  isIn: (row: number) => boolean,
): { features: FeatureTable; labels: Float64Array } {
  const rows = Array.from(task.labels.keys()).filter(isIn);
  return { features: takeRows(task.features, rows), labels: takeNumbers(task.labels, rows) };
}

function startPart(
  part: { readonly features: FeatureTable; readonly labels: Float64Array },
  edges: readonly (readonly number[])[],
  baseline: readonly number[],
): Part {
  const scores = baseline.map((score) => new Float64Array(part.labels.length).fill(score));
  return { table: binFeatures(part.features, edges), labels: part.labels, scores };
}

function prepareGround(table: BinnedTable, settings: BoostingSettings): TreeGround {
  const { maxLeaves, learningRate } = settings;
  const rows = [new Int32Array(table.rowCount), new Int32Array(table.rowCount)] as const;
  return { table: blockTable(table), rows, spare: [], maxLeaves, learningRate };
}

/** Whether none of the last losses is below the one before them; one within 1e-7 is not below. */
function isStale(losses: readonly number[], patience: number): boolean {
  const before = losses.at(-patience - 1);
  return before !== undefined && losses.slice(-patience).every((loss) => loss >= before - 1e-7);
}

/** The index of the lowest, of equal ones the first. */
function lowest(losses: readonly number[]): number {
  return losses.indexOf(losses.reduce((least, loss) => Math.min(least, loss), Infinity));
}
