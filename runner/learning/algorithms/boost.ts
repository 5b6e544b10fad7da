import { binFeatures, fitBinEdges } from "./binning.ts";
import { type BoostingLoss, boostingLosses, type LossName } from "./boosting-losses.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import { type FeatureTable, takeNumbers, takeRows } from "./feature-table.ts";
import { growTree } from "./grow-tree.ts";
import { packGradients } from "./packed-gradients.ts";
import { scorerOver } from "./score-trees.ts";
import type { Tree } from "./tree.ts";
import { prepareGround, type TreeGround } from "./tree-ground.ts";
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

/** Gradient boosting on histograms, as scikit-learn's HistGradientBoosting does it. */
export function boost(task: BoostingTask, settings: BoostingSettings): Boosted {
  const loss: BoostingLoss = boostingLosses[task.loss];
  const isValidation = validationRows(task, settings);
  const training = takePart(task, (row) => !isValidation.has(row));
  const edges = fitBinEdges(training.features);
  const baseline = loss.baseline(training.labels, task.classCount);
  const ground = prepareGround(binFeatures(training.features, edges), {
    binCounts: edges.map((featureEdges) => featureEdges.length + 1),
    baseline,
    maxLeaves: settings.maxLeaves,
  });
  const validation = startValidation(
    takePart(task, (row) => isValidation.has(row)),
    edges,
    baseline,
  );
  const rounds: (readonly Tree[])[] = [];
  const losses = validation === null ? [] : [loss.value(validation.scores, validation.labels)];
  while (rounds.length < settings.rounds && !isStale(losses, settings.patience)) {
    loss.derive(ground.scores, training.labels, ground.derivatives);
    const trees = baseline.map((_, output) => fitTree(ground, output, settings));
    if (trees.every((tree) => tree.feature.length === 1)) break;
    rounds.push(trees);
    if (validation === null) continue;
    for (const [output, tree] of trees.entries())
      validation.add([tree], validation.scores[output] ?? new Float64Array());
    losses.push(loss.value(validation.scores, validation.labels));
  }
  return { edges, baseline, rounds: validation === null ? rounds : rounds.slice(0, lowest(losses)) };
}

/** Grows an output's next tree and adds it to its scores. */
function fitTree(ground: TreeGround, output: number, settings: BoostingSettings): Tree {
  const { kernel, scores, derivatives } = ground;
  const [own, targets] = [scores[output], derivatives[output]];
  if (own === undefined || targets === undefined) throw new Error(`There is no output ${output}.`);
  const { tree, leaves } = growTree(ground, { ...settings, units: packGradients(ground, targets) });
  for (const { rows, start, end, value } of leaves) {
    kernel.addValue(own.byteOffset, value, rows.byteOffset + 4 * start, rows.byteOffset + 4 * end);
  }
  return tree;
}

interface Part {
  readonly features: FeatureTable;
  readonly labels: Float64Array;
}

function takePart(task: BoostingTask, isIn: (row: number) => boolean): Part {
  const rows = Array.from(task.labels.keys()).filter(isIn);
  return { features: takeRows(task.features, rows), labels: takeNumbers(task.labels, rows) };
}

/** Rows that only say when to stop, with their scores and what adds trees to them; null where there are none. */
function startValidation(
  { features, labels }: Part,
  edges: readonly (readonly number[])[],
  baseline: readonly number[],
) {
  if (labels.length === 0) return null;
  const scores = baseline.map((score) => new Float64Array(labels.length).fill(score));
  return { labels, scores, add: scorerOver(binFeatures(features, edges), 1) };
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
