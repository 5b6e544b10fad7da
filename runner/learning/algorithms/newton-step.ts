import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** Rows and what they are to be told apart as; `outputs` names the classes that have weights of their own. */
export interface LogisticProblem {
  readonly matrix: Matrix;
  readonly labels: Int32Array;
  readonly outputs: readonly number[];
  readonly l2: number;
}

/** What Newton's method takes off the weights of each output: the inverse Hessian times the gradient. */
export function newtonStep(
  problem: LogisticProblem,
  weights: readonly Float64Array[],
  probabilities: readonly Float64Array[],
): readonly Float64Array[] {
  const { matrix, outputs } = problem;
  const width = matrix.columns;
  const rows = matrix.to2DArray();
  const hessian = Matrix.zeros(outputs.length * width, outputs.length * width);
  const gradient = Matrix.columnVector(
    outputs.flatMap((_, index) => outputGradient(problem, weights, { index, probabilities })),
  );
  for (let first = 0; first < outputs.length; first++) {
    for (let second = 0; second <= first; second++) {
      const block = weighCrossProducts(rows, curvature(probabilities, outputs, [first, second]));
      if (first === second) penalise(block, problem.l2);
      hessian.setSubMatrix(block, first * width, second * width);
      hessian.setSubMatrix(block.transpose(), second * width, first * width);
    }
  }
  const step = new CholeskyDecomposition(hessian).solve(gradient).to1DArray();
  return outputs.map((_, index) => Float64Array.from(step.slice(index * width, (index + 1) * width)));
}

function outputGradient(
  { matrix, labels, outputs, l2 }: LogisticProblem,
  weights: readonly Float64Array[],
  at: { readonly index: number; readonly probabilities: readonly Float64Array[] },
): number[] {
  const output = outputs[at.index] ?? 0;
  const gradient = Array.from(weights[at.index] ?? [], (weight, column) => (column === 0 ? 0 : l2 * weight));
  for (const [row, label] of labels.entries()) {
    const error = (at.probabilities[output]?.[row] ?? 0) - (label === output ? 1 : 0);
    for (let column = 0; column < gradient.length; column++) {
      gradient[column] = (gradient[column] ?? 0) + error * matrix.get(row, column);
    }
  }
  return gradient;
}

/** Second derivative of a row's loss by the scores of two outputs: p (1 − p) for one and the same, −p q for two. */
function curvature(
  probabilities: readonly Float64Array[],
  outputs: readonly number[],
  [first, second]: readonly [number, number],
): Float64Array {
  const left = probabilities[outputs[first] ?? 0] ?? new Float64Array();
  const right = probabilities[outputs[second] ?? 0] ?? new Float64Array();
  return left.map((one, row) => one * ((first === second ? 1 : 0) - (right[row] ?? 0)));
}

/** Xᵀ diag(weights) X. */
function weighCrossProducts(rows: readonly ArrayLike<number>[], weights: Float64Array): Matrix {
  const width = rows[0]?.length ?? 0;
  const sums = new Float64Array(width * width);
  for (const [row, values] of rows.entries()) {
    for (let left = 0; left < width; left++) {
      const scaled = (weights[row] ?? 0) * (values[left] ?? 0);
      if (scaled === 0) continue;
      for (let right = 0; right <= left; right++) {
        const at = left * width + right;
        sums[at] = (sums[at] ?? 0) + scaled * (values[right] ?? 0);
      }
    }
  }
  const result = Matrix.zeros(width, width);
  for (let left = 0; left < width; left++) {
    for (let right = 0; right <= left; right++) {
      result.set(left, right, sums[left * width + right] ?? 0);
      result.set(right, left, sums[left * width + right] ?? 0);
    }
  }
  return result;
}

/** Adds the penalty; the intercepts of several classes have no best height, a speck on theirs keeps the matrix definite. */
function penalise(block: Matrix, l2: number): void {
  for (let column = 0; column < block.columns; column++) {
    const speck = 1e-9 * (1 + block.get(column, column));
    block.set(column, column, block.get(column, column) + (column === 0 ? speck : l2));
  }
}
