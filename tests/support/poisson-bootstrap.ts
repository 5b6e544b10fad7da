import { createHash } from "node:crypto";

import { groupBy } from "./raw-export.ts";

/** A stream's feature, the local day as YYYY-MM-DD, and whether it is in the group compared with all others. */
export interface Sample {
  readonly day: string;
  readonly value: number;
  readonly isInside: boolean;
}

/** How far the mean inside lies from that outside. */
export interface Comparison {
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly effectSize: number | null;
  /** Not corrected for the number of comparisons. */
  readonly pValue: number | null;
}

const replicates = Array.from({ length: 200 }, (_, index) => index + 1);
const weights = new Map<string, readonly number[]>();

/** A Poisson bootstrap over days, replicate by replicate over single streams. */
export function compareInside(samples: readonly Sample[]): Comparison {
  const inside = samples.filter((sample) => sample.isInside);
  const outside = samples.filter((sample) => !sample.isInside);
  if (inside.length < 30 || outside.length < 30) {
    return { difference: null, low: null, high: null, effectSize: null, pValue: null };
  }
  const difference = meanOf(inside) - meanOf(outside);
  const deviation = Math.sqrt((squaresOf(inside) + squaresOf(outside)) / (samples.length - 2));
  const compared = { difference, effectSize: deviation < 1e-9 ? null : difference / deviation };
  const days = Math.min(daysOf(inside), daysOf(outside));
  if (days < 10) return { ...compared, low: null, high: null, pValue: null };
  const drawn = replicates
    .map((replicate) => drawnMean(inside, replicate) - drawnMean(outside, replicate))
    .toSorted((left, right) => left - right);
  const error = deviationOf(drawn);
  const t = error > 1e-9 ? Math.abs(difference) / error : Math.abs(difference) > 1e-9 ? Infinity : 0;
  return { ...compared, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975), pValue: studentP(t, days - 1) };
}

/** Holm's step-down correction; nulls are no comparisons. */
export function holm(pValues: readonly (number | null)[]): readonly (number | null)[] {
  const ranked = pValues.filter((pValue) => pValue !== null).toSorted((left, right) => left - right);
  let least = 0;
  const corrected = new Map<number, number>();
  for (const [index, pValue] of ranked.entries()) {
    least = Math.max(least, Math.min(1, (ranked.length - index) * pValue));
    corrected.set(pValue, Math.max(least, corrected.get(pValue) ?? 0));
  }
  return pValues.map((pValue) => (pValue === null ? null : (corrected.get(pValue) ?? null)));
}

/** How often each replicate draws a day: the Poisson distribution added up until it passes a hashed uniform number. */
export function weightsOf(day: string): readonly number[] {
  const known = weights.get(day);
  if (known !== undefined) return known;
  const drawn = replicates.map((replicate) => {
    const digest = createHash("md5")
      .update(`${day}|${Math.ceil(replicate / 4)}`)
      .digest();
    const uniform = digest.readUInt32BE(((replicate - 1) % 4) * 4) / 2 ** 32;
    let [count, term] = [0, Math.exp(-1)];
    for (let passed = term; uniform >= passed && count < 8; passed += term) term /= ++count;
    return count;
  });
  weights.set(day, drawn);
  return drawn;
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Standard deviation of a sample. */
export function deviationOf(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((total, value) => total + (value - middle) ** 2, 0) / (values.length - 1));
}

/** Two-sided, by Simpson's rule over the angle whose tangent is t / √freedom, whose density is a power of its cosine. */
export function studentP(t: number, freedom: number): number {
  const area = (low: number): number => {
    const steps = 4000;
    const width = (Math.PI / 2 - low) / steps;
    const heights = Array.from({ length: steps + 1 }, (_, index) => {
      const weight = index === 0 || index === steps ? 1 : 2 + 2 * (index % 2);
      return weight * Math.abs(Math.cos(low + index * width)) ** (freedom - 1);
    });
    return (mean(heights) * heights.length * width) / 3;
  };
  return area(Math.atan(t / Math.sqrt(freedom))) / area(0);
}

function meanOf(samples: readonly Sample[]): number {
  return mean(samples.map((sample) => sample.value));
}

function squaresOf(samples: readonly Sample[]): number {
  const middle = meanOf(samples);
  return samples.reduce((total, sample) => total + (sample.value - middle) ** 2, 0);
}

function daysOf(samples: readonly Sample[]): number {
  return groupBy(samples, (sample) => sample.day).size;
}

function drawnMean(samples: readonly Sample[], replicate: number): number {
  let [count, total] = [0, 0];
  for (const { day, value } of samples) {
    const weight = weightsOf(day)[replicate - 1] ?? NaN;
    count += weight;
    total += weight * value;
  }
  return total / count;
}

/** The point below which a share of sorted values lies, between the two nearest in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return below + (at - Math.floor(at)) * (above - below);
}
