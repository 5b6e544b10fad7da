import * as z from "zod";

import type { Classifier, Regressor } from "./algorithm.ts";
import { type BinnedTable, binFeatures } from "./binning.ts";
import { boost } from "./boost.ts";
import { sigmoid } from "./boosting-losses.ts";
import { boostingSettingsSchema } from "./boosting-settings.ts";
import { alignFeatures, type FeatureTable } from "./feature-table.ts";
import { mostLeaves, scorerOver } from "./score-trees.ts";
import { softmax } from "./softmax.ts";
import { type Tree, treeSchema } from "./tree.ts";
import { checkClassSet, checkRegressionSet } from "./training-set.ts";

const forestFields = {
  features: z.array(z.string()).readonly(),
  /** Rising edges between the bins of each feature. */
  edges: z.array(z.array(z.number()).max(254).readonly()).readonly(),
  /** Raw score of each output before any tree. */
  baseline: z.array(z.number()).readonly(),
  /** A tree an output, round by round. */
  rounds: z.array(z.array(treeSchema).readonly()).readonly(),
};

const regressionModelSchema = z.strictObject({ algorithm: z.literal("boosted_trees"), ...forestFields });
const classModelSchema = regressionModelSchema.extend({ classes: z.array(z.string()).readonly() });

type Forest = Readonly<z.infer<typeof regressionModelSchema>>;

/** Gradient-boosted trees on histograms that lower the squared error; settings by `boostingSettingsSchema`. */
export const boostedTreesRegressor = {
  fit: (set, settings) => {
    checkRegressionSet(set);
    const boosted = boost({ ...set, loss: "squared", classCount: 1 }, boostingSettingsSchema.parse(settings));
    return { algorithm: "boosted_trees", features: set.features.names, ...boosted } satisfies Forest;
  },
  load: (json) => {
    const score = scorerOf(checkForest(regressionModelSchema.parse(json)));
    return (features) => score(features)[0] ?? new Float64Array();
  },
} satisfies Regressor;

/** The same trees on the log likelihood: one output for two classes, otherwise one a class. */
export const boostedTreesClassifier = {
  fit: (set, settings) => {
    checkClassSet(set);
    const loss = set.classes.length === 2 ? "binary" : "multinomial";
    const task = { ...set, labels: Float64Array.from(set.labels), loss, classCount: set.classes.length } as const;
    const boosted = boost(task, boostingSettingsSchema.parse(settings));
    const model = {
      algorithm: "boosted_trees",
      features: set.features.names,
      classes: set.classes,
      ...boosted,
    } as const;
    return model satisfies z.infer<typeof classModelSchema>;
  },
  load: (json) => {
    const model = classModelSchema.parse(json);
    const score = scorerOf(checkForest(model));
    return (features) => {
      const scores = score(features);
      if (model.classes.length !== 2) return softmax(scores);
      const second = (scores[0] ?? new Float64Array()).map(sigmoid);
      return [second.map((probability) => 1 - probability), second];
    };
  },
} satisfies Classifier;

/** Trees as a scorer relies on them: at most 32 leaves, children after their parent, features that exist. */
function checkForest<Model extends Forest>(model: Model): Model {
  for (const tree of model.rounds.flat()) {
    if (!isSound(tree, model.features.length)) throw new Error("The model holds a tree that is no tree.");
  }
  if (model.rounds.some((trees) => trees.length !== model.baseline.length)) {
    throw new Error("The model has rounds with more or fewer trees than outputs.");
  }
  return model;
}

function isSound(tree: Tree, featureCount: number): boolean {
  const nodeCount = tree.feature.length;
  const lengths = [tree.bin, tree.missingLeft, tree.left, tree.right, tree.value].map((array) => array.length);
  if (nodeCount > 2 * mostLeaves - 1 || lengths.some((length) => length !== nodeCount)) return false;
  return tree.feature.every((feature, node) => {
    const children = [tree.left[node] ?? 0, tree.right[node] ?? 0];
    return feature < 0 || (feature < featureCount && children.every((child) => child > node && child < nodeCount));
  });
}

/** Raw scores of each output. */
function scorerOf(model: Forest): (features: FeatureTable) => readonly Float64Array[] {
  return (features) => {
    const table: BinnedTable = binFeatures(alignFeatures(features, model.features), model.edges);
    const addTrees = scorerOver(table, model.rounds.length);
    return model.baseline.map((baseline, output) => {
      const scores = new Float64Array(table.rowCount).fill(baseline);
      addTrees(
        model.rounds.flatMap((round) => round[output] ?? []),
        scores,
      );
      return scores;
    });
  };
}
