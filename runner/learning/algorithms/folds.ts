import { hashedUniform } from "../../prng.ts";

/** Rows to learn from and rows to judge by, as indexes in rising order. */
export interface Split {
  readonly training: Int32Array;
  readonly holdout: Int32Array;
}

/**
 * Folds in which rows of one group (a song, a first artist) are always held out together. The fold of a group depends
 * on seed and name alone, so a row keeps its fold when others come; folds are therefore only about as large.
 */
export function groupedFolds(groups: readonly string[], foldCount: number, seed: string): readonly Split[] {
  const folds = placeGroups(groups, seed).map((place) => Math.floor(place * foldCount));
  return Array.from({ length: foldCount }, (_, fold) => split(groups.length, (row) => folds[row] === fold));
}

/** A split by groups with about this share of the groups held out: the same artists in every training with that seed. */
export function groupSplit(groups: readonly string[], holdoutShare: number, seed: string): Split {
  const places = placeGroups(groups, seed);
  return split(groups.length, (row) => (places[row] ?? 0) < holdoutShare);
}

/** Milliseconds of a day. */
const day = 86_400_000;

/**
 * A split in time: the newest fifth of the rows is held out, but no row that lies more than 90 days before the newest
 * one. `times` are milliseconds since 1970; rows of one moment stay together, on the side of training.
 */
export function timeHoldout(times: ArrayLike<number>, options = { share: 0.2, mostDays: 90 }): Split {
  const sorted = Float64Array.from(times).toSorted();
  const atShare = sorted[Math.max(0, Math.ceil(sorted.length * (1 - options.share)) - 1)] ?? Infinity;
  const atDays = (sorted.at(-1) ?? 0) - options.mostDays * day;
  return split(times.length, (row) => {
    const time = times[row] ?? 0;
    return time > atShare && time >= atDays;
  });
}

function placeGroups(groups: readonly string[], seed: string): readonly number[] {
  const places = new Map<string, number>();
  return groups.map((group) => {
    const known = places.get(group);
    if (known !== undefined) return known;
    const place = hashedUniform(`${seed}/${group}`);
    places.set(group, place);
    return place;
  });
}

function split(rowCount: number, isHeldOut: (row: number) => boolean): Split {
  const training: number[] = [];
  const holdout: number[] = [];
  for (let row = 0; row < rowCount; row++) (isHeldOut(row) ? holdout : training).push(row);
  return { training: Int32Array.from(training), holdout: Int32Array.from(holdout) };
}
