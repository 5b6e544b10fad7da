/** Rows whose stated probability lies in one stretch of [0, 1]. */
export interface CalibrationBin {
  readonly rows: number;
  readonly meanProbability: number;
  readonly shareRight: number;
}

/**
 * Probabilities against what happened (1 or 0) in bins of equal width; empty bins are left out. For several classes
 * give the probability of the predicted class and whether it was right, for two that of the second class.
 */
export function calibrationCurve(
  probabilities: Float64Array,
  happened: ArrayLike<number>,
  binCount = 15,
): readonly CalibrationBin[] {
  const sums = Array.from({ length: binCount }, () => ({ rows: 0, probability: 0, right: 0 }));
  for (let row = 0; row < probabilities.length; row++) {
    const probability = probabilities[row] ?? 0;
    const bin = sums[Math.max(0, Math.ceil(probability * binCount) - 1)];
    if (bin === undefined) continue;
    bin.rows++;
    bin.probability += probability;
    bin.right += happened[row] ?? 0;
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map(({ rows, probability, right }) => ({ rows, meanProbability: probability / rows, shareRight: right / rows }));
}

/** Expected calibration error: the mean distance between stated and true share, bins weighted by their rows. */
export function expectedCalibrationError(curve: readonly CalibrationBin[]): number {
  const rows = curve.reduce((total, bin) => total + bin.rows, 0);
  const distances = curve.map((bin) => bin.rows * Math.abs(bin.meanProbability - bin.shareRight));
  return rows === 0 ? Number.NaN : distances.reduce((total, distance) => total + distance, 0) / rows;
}
