import * as z from "zod";

import { gatesSchema } from "./training-config.ts";

const columns = z.array(z.string().min(1));

/** How rows are clustered, as the front matter of a training set says it. */
export const clusteringConfigSchema = z
  .strictObject({
    task: z.literal("clustering"),
    /** Names a row; no value comes twice. */
    key: z.string().min(1),
    /** Drawn whole (an artist, say) where two clusterings are compared. */
    group: z.string().min(1),
    features: columns.min(1).readonly(),
    /** Features of mostly small values: their logarithm is taken. */
    logged: columns.readonly().default([]),
    /** Numbers of clusters that are tried; of two one would mostly be the outliers. */
    clusters: z.array(z.int().min(2).max(50)).min(1).readonly().default([3, 4, 5, 6, 7, 8]),
    /** Tells where the features of a row come from; counted in the model card. */
    provenance: z.string().min(1).optional(),
    gates: gatesSchema({ rows: 100, newRows: 50 }).prefault({}),
  })
  .superRefine(({ features, logged, key, group }, context) => {
    for (const [index, name] of logged.entries()) {
      if (features.includes(name)) continue;
      context.addIssue({ code: "custom", path: ["logged", index], message: `'${name}' is none of the features` });
    }
    for (const [index, name] of features.entries()) {
      const role = name === key ? "key" : name === group ? "group" : null;
      if (role === null) continue;
      const message = `'${name}' is the ${role} and cannot be a feature`;
      context.addIssue({ code: "custom", path: ["features", index], message });
    }
  })
  .readonly();

export type ClusteringConfig = z.infer<typeof clusteringConfigSchema>;
