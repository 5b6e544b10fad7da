import * as z from "zod";

import { mostLeaves } from "./score-trees.ts";

/** How a booster is trained; the defaults are scikit-learn's but for more rounds and more patience. */
export const boostingSettingsSchema = z.strictObject({
  /** Trees of each output at most. */
  rounds: z.int().min(1).default(300),
  learningRate: z.number().positive().max(1).default(0.1),
  maxLeaves: z.int().min(2).max(mostLeaves).default(31),
  minLeafRows: z.int().min(1).default(20),
  l2: z.number().min(0).default(0),
  /** Share of the rows, whole groups where there are groups, that only says when to stop; 0 trains all rounds. */
  validationShare: z.number().min(0).max(0.5).default(0.1),
  /** Rounds without a lower validation loss after which training stops; the best round is kept. */
  patience: z.int().min(1).default(15),
  seed: z.string().default("boosted_trees"),
});

export type BoostingSettings = Readonly<z.infer<typeof boostingSettingsSchema>>;
