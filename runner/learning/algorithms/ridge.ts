import { CholeskyDecomposition, Matrix } from "ml-matrix";
import * as z from "zod";

import type { Regressor } from "./algorithm.ts";
import { designMatrix, fitScaling, scalingSchema } from "./design-matrix.ts";
import { checkRegressionSet } from "./training-set.ts";

/** `alpha` weighs the squared coefficients of standardised features against the sum of squared errors. */
export const ridgeSettingsSchema = z.strictObject({ alpha: z.number().positive().default(1) });

const ridgeSchema = z.strictObject({
  algorithm: z.literal("ridge"),
  scaling: scalingSchema,
  /** The intercept, then a weight for each column of the design matrix. */
  weights: z.array(z.number()).readonly(),
});

/** Linear regression with a penalty on squared weights, the intercept free: (XᵀX + alpha I) w = Xᵀy. */
export const ridgeRegressor = {
  fit: (set, settings) => {
    checkRegressionSet(set);
    const { alpha } = ridgeSettingsSchema.parse(settings);
    const scaling = fitScaling(set.features);
    const matrix = designMatrix(set.features, scaling);
    const transposed = matrix.transpose();
    const penalised = transposed.mmul(matrix);
    for (let index = 1; index < penalised.rows; index++)
      penalised.set(index, index, penalised.get(index, index) + alpha);
    const target = transposed.mmul(Matrix.columnVector(set.labels));
    const weights = new CholeskyDecomposition(penalised).solve(target).to1DArray();
    return { algorithm: "ridge", scaling, weights } satisfies z.infer<typeof ridgeSchema>;
  },
  load: (json) => {
    const { scaling, weights } = ridgeSchema.parse(json);
    return (features) =>
      Float64Array.from(designMatrix(features, scaling).mmul(Matrix.columnVector(weights)).to1DArray());
  },
} satisfies Regressor;
