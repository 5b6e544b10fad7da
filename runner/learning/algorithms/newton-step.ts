import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** Rows and what they are to be told apart as; `outputs` names the classes that have weights of their own. */
export interface LogisticProblem {
  /** The design matrix by column, all equally long. */
  readonly columns: readonly Float64Array[];
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
  const { columns, outputs } = problem;
  const width = columns.length;
  const hessian = Matrix.zeros(outputs.length * width, outputs.length * width);
  const gradient = Matrix.columnVector(
    outputs.flatMap((_, index) => outputGradient(problem, weights, { index, probabilities })),
  );
  for (let first = 0; first < outputs.length; first++) {
    for (let second = 0; second <= first; second++) {
      const block = weighCrossProducts(columns, curvature(probabilities, outputs, [first, second]));
      if (first === second) penalise(block, problem.l2);
      hessian.setSubMatrix(block, first * width, second * width);
      hessian.setSubMatrix(block.transpose(), second * width, first * width);
    }
  }
  const step = new CholeskyDecomposition(hessian).solve(gradient).to1DArray();
  return outputs.map((_, index) => Float64Array.from(step.slice(index * width, (index + 1) * width)));
}

function outputGradient(
  { columns, labels, outputs, l2 }: LogisticProblem,
  weights: readonly Float64Array[],
  at: { readonly index: number; readonly probabilities: readonly Float64Array[] },
): number[] {
  const output = outputs[at.index] ?? 0;
  const probabilities = at.probabilities[output] ?? new Float64Array();
  const errors = probabilities.map((probability, row) => probability - (labels[row] === output ? 1 : 0));
  return columns.map((column, index) => {
    const penalty = index === 0 ? 0 : l2 * (weights[at.index]?.[index] ?? 0);
    return penalty + dot(errors, column);
  });
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

/** Rows taken at once: a strip of all columns stays in the processor's cache. */
const stripRows = 2048;

/** Xᵀ diag(weights) X. */
function weighCrossProducts(columns: readonly Float64Array[], weights: Float64Array): Matrix {
  const width = columns.length;
  const sums = new Float64Array(width * width);
  const scaled = new Float64Array(stripRows);
  for (let start = 0; start < weights.length; start += stripRows) {
    const strips = columns.map((column) => column.subarray(start, start + stripRows));
    const own = weights.subarray(start, start + stripRows);
    for (const [left, column] of strips.entries()) {
      for (let row = 0; row < own.length; row++) scaled[row] = (column[row] ?? 0) * (own[row] ?? 0);
      for (let right = 0; right <= left; right += 4)
        addProducts(sums.subarray(left * width + right), scaled, strips.slice(right, right + 4));
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

/** Four sums of products at once: each addition would wait for the one before it. */
function addProducts(sums: Float64Array, values: Float64Array, columns: readonly Float64Array[]): void {
  const [first = values, second = first, third = first, fourth = first] = columns;
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let row = 0; row < first.length; row++) {
    const value = values[row] ?? 0;
    sum0 += value * (first[row] ?? 0);
    sum1 += value * (second[row] ?? 0);
    sum2 += value * (third[row] ?? 0);
    sum3 += value * (fourth[row] ?? 0);
  }
  for (const [index, sum] of [sum0, sum1, sum2, sum3].slice(0, columns.length).entries())
    sums[index] = (sums[index] ?? 0) + sum;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < left.length; row++) sum += (left[row] ?? 0) * (right[row] ?? 0);
  return sum;
}

/** Adds the penalty; the intercepts of several classes have no best height, a speck on theirs keeps the matrix definite. */
function penalise(block: Matrix, l2: number): void {
  for (let column = 0; column < block.columns; column++) {
    const speck = 1e-9 * (1 + block.get(column, column));
    block.set(column, column, block.get(column, column) + (column === 0 ? speck : l2));
  }
}
