import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { newRunId } from "../../../runner/execution/journal.ts";
import { pruneJournals } from "../../../runner/execution/prune-journals.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const now = new Date("2026-11-22T12:00:00Z");
const idOf = (daysAgo: number): string => newRunId(new Date(now.getTime() - daysAgo * 24 * 3_600_000), 1);

/** What is left of journals that began so many days ago. */
const keptOf = (daysAgo: readonly number[], keepDays: number): Promise<readonly string[]> =>
  inScratchFolder(async (folder) => {
    for (const days of daysAgo) await writeFile(join(folder, `${idOf(days)}.jsonl`), "");
    const removed = await pruneJournals(folder, { now, keepDays });
    const left = (await readdir(folder)).toSorted();
    assert.equal(removed, daysAgo.length - left.length);
    return left;
  });

const days = (count: number, from: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at);

test("journals of runs that began before the days that are kept go", async () => {
  const kept = await keptOf(days(100, 0.5), 90);
  assert.equal(kept.length, 90);
  assert.equal(kept[0], `${idOf(89.5)}.jsonl`);
});

test("of a machine that was off for long the newest fifty stay", async () => {
  const kept = await keptOf(days(60, 200), 90);
  assert.equal(kept.length, 50);
  assert.equal(kept[0], `${idOf(249)}.jsonl`);
});

test("a folder that is not there has nothing to remove", async () => {
  assert.equal(await inScratchFolder((folder) => pruneJournals(join(folder, "runs"), { now, keepDays: 1 })), 0);
});
