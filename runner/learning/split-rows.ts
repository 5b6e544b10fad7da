import * as z from "zod";

import { hashedUniform } from "../prng.ts";
import { groupedFolds, groupSplit, type Split, timeHoldout } from "./algorithms/folds.ts";
import { TooFewRowsError } from "./algorithms/training-data-error.ts";

/** From so many rows on 3 folds do: each learns from more than enough rows, and time goes with their number. */
const manyRows = 20_000;

/** Share of the groups that judge a model whose rows have no time. */
const holdoutShare = 0.2;

/** Fewer rows, or fewer groups or days, say nothing about which model is better. */
const leastHoldoutRows = 30;
const leastHoldoutGroups = 10;

/** How rows were set apart: enough to find the side of any row again. */
export const splitSchema = z.discriminatedUnion("kind", [
  /** The groups whose hash lies below 0.2. */
  z.strictObject({ kind: z.literal("groups"), seed: z.string() }),
  /** Rows after `cut`, up to `end`; milliseconds since 1970. */
  z.strictObject({ kind: z.literal("time"), seed: z.string(), cut: z.number(), end: z.number() }),
]);

export type RowSplit = Readonly<z.infer<typeof splitSchema>>;

/** The rows of a training, as indexes of its table. */
export interface SplitRows {
  readonly split: RowSplit;
  readonly holdout: Split;
  /** Folds of the training side; their indexes are rows of the whole table. */
  readonly folds: readonly Split[];
}

interface Rows {
  readonly groups: readonly string[];
  readonly times: Float64Array | null;
}

/** The holdout (the newest rows, or a fixed share of the groups) and grouped folds of what is left. */
export function splitRows(rows: Rows, seed: string): SplitRows {
  const holdout = rows.times === null ? groupSplit(rows.groups, holdoutShare, seed) : timeHoldout(rows.times);
  checkHoldout(rows, holdout);
  const groups = Array.from(holdout.training, (row) => rows.groups[row] ?? "");
  const folds = groupedFolds(groups, foldCountOf(groups.length), `${seed}/folds`).map((fold) => ({
    training: fold.training.map((position) => holdout.training[position] ?? 0),
    holdout: fold.holdout.map((position) => holdout.training[position] ?? 0),
  }));
  if (folds.some(({ training }) => training.length === 0)) {
    throw new TooFewRowsError("The rows are of too few groups to be split into folds.");
  }
  return { split: describeSplit(rows.times, holdout, seed), holdout, folds };
}

/** Into how many folds so many rows to train on are split. */
export function foldCountOf(trainingRows: number): number {
  return trainingRows < manyRows ? 5 : 3;
}

/** Which model may judge a row: that of a fold, the one that was judged, or for rows never trained on the one that serves. */
export type Place = "serving" | "judged" | number;

/** What a training kept of its split: hashes of the groups it learned from, and into how many folds. */
export interface TrainedSplit {
  readonly split: RowSplit;
  readonly trainedGroups: ReadonlySet<number>;
  readonly foldCount: number;
}

/** The place of each row in a training that was split so. */
export function placeRows(rows: Rows, trained: TrainedSplit): readonly Place[] {
  const { split } = trained;
  const known = new Map<string, Place>();
  const placeGroup = (group: string): Place => {
    const found = known.get(group) ?? placeOfGroup(group, trained);
    known.set(group, found);
    return found;
  };
  return rows.groups.map((group, row) => {
    const time = rows.times?.[row] ?? Number.NaN;
    if (split.kind === "groups" || !(time > split.cut)) return placeGroup(group);
    return time <= split.end ? "judged" : "serving";
  });
}

/** The group's number, so that a model need not keep names. */
export function hashGroup(group: string): number {
  return Math.floor(hashedUniform(`group/${group}`) * 2 ** 32);
}

/** The UTC day of each row where there are times, otherwise its group: what is drawn whole in a bootstrap. */
export function bootstrapGroups(rows: Rows): readonly string[] {
  const { times, groups } = rows;
  return times === null ? groups : Array.from(times, (time) => String(Math.floor(time / 86_400_000)));
}

function placeOfGroup(group: string, { split, trainedGroups, foldCount }: TrainedSplit): Place {
  if (!trainedGroups.has(hashGroup(group))) return "serving";
  if (split.kind === "groups" && hashedUniform(`${split.seed}/${group}`) < holdoutShare) return "judged";
  return Math.floor(hashedUniform(`${split.seed}/folds/${group}`) * foldCount);
}

function describeSplit(times: Float64Array | null, holdout: Split, seed: string): RowSplit {
  if (times === null) return { kind: "groups", seed };
  const latest = (rows: Int32Array): number => rows.reduce((most, row) => Math.max(most, times[row] ?? 0), -Infinity);
  return { kind: "time", seed, cut: latest(holdout.training), end: latest(holdout.holdout) };
}

function checkHoldout(rows: Rows, { training, holdout }: Split): void {
  const kind = rows.times === null ? "group" : "day";
  const names = bootstrapGroups(rows);
  const groups = new Set(Array.from(holdout, (row) => names[row]));
  if (training.length === 0) throw new TooFewRowsError("Every row would be held out; none is left to learn from.");
  if (holdout.length < leastHoldoutRows || groups.size < leastHoldoutGroups) {
    throw new TooFewRowsError(
      `Only ${holdout.length} rows of ${groups.size} ${kind}s can be held out; at least ${leastHoldoutRows} rows of ${leastHoldoutGroups} ${kind}s are needed to judge a model.`,
    );
  }
}
