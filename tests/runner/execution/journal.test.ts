import assert from "node:assert/strict";
import { appendFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { newRunId, openJournal, readJournal } from "../../../runner/execution/journal.ts";
import type { JournalEvent } from "../../../runner/execution/journal-events.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { withScript } from "../../support/child-script.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const started: JournalEvent = {
  event: "run_started",
  command: "build",
  args: ["--force"],
  pid: 7,
  version: "0.1.0",
  trigger: "catch-up",
  slots: { build: "2026-11-22T06:00:00.000Z" },
  missed: { build: { slots: 2, from: "2026-11-21T18:00:00.000Z", to: "2026-11-22T00:00:00.000Z" } },
  stages: ["build", "export"],
  parent: { runId: "run-0", stage: "train", attempt: 2 },
  request: { select: ["plays+"], exclude: [], vars: "{}", fullRefresh: true, force: false },
};
const everyEvent: readonly JournalEvent[] = [
  started,
  { event: "stage_started", stage: "build", attempt: 1 },
  { event: "node_started", node: "model.tonearm.plays" },
  {
    event: "node_finished",
    node: "model.tonearm.plays",
    status: "success",
    rows: 41099,
    ms: 12.5,
    message: null,
    work: "built",
    reason: "first build",
  },
  {
    event: "test_finished",
    test: "test.tonearm.unique_plays_play_id",
    node: "model.tonearm.plays",
    status: "fail",
    failures: 2,
    severity: "error",
    ms: 3,
    message: "2 play_id stand more than once",
  },
  { event: "warning", message: "données: “naïve”" },
  { event: "published", release: 3, relations: ["silver.plays"] },
  {
    event: "stage_finished",
    stage: "build",
    attempt: 1,
    status: "failed",
    rows: null,
    ms: 12,
    error: { kind: "network", message: "no answer", retryAt: null },
    nextAttemptAt: "2026-11-22T10:00:30.000Z",
  },
  { event: "stage_skipped", stage: "export", reason: "upstream_failed", message: "build failed" },
  { event: "run_finished", status: "error", ms: 2100 },
];

/** A clock that goes on by one second with each look. */
function clockFrom(start: string): () => Date {
  let at = Date.parse(start);
  return () => new Date((at += 1000) - 1000);
}

test("a run's name tells its time and process, and sorts by time", () => {
  const early = newRunId(new Date("2026-11-22T10:11:12.005Z"), 0x1a2b);
  assert.equal(early, "20261122T101112005Z-1a2b");
  assert.ok(early < newRunId(new Date("2026-11-22T10:11:12.040Z"), 1));
});

test("a journal gives back every event in order, with the clock's times", async () => {
  await inScratchFolder(async (dataDir) => {
    const journal = await openJournal(dataDir, "run-1", clockFrom("2026-11-22T10:00:00Z"));
    for (const event of everyEvent) journal.write(event);
    journal.close();
    assert.equal(journal.path, join(dataDir, "runs/run-1.jsonl"));
    assert.deepEqual(
      await readJournal(journal.path),
      everyEvent.map((event, index) => ({ at: `2026-11-22T10:00:${String(index).padStart(2, "0")}.000Z`, ...event })),
    );
    assert.equal((await stat(journal.path)).mode & 0o777, 0o600);
  });
});

test("each event is one line of JSON, on the disk as soon as it is written", async () => {
  await inScratchFolder(async (dataDir) => {
    const journal = await openJournal(dataDir, "run-1", clockFrom("2026-11-22T10:00:00Z"));
    journal.write({ event: "node_started", node: "a\nb" });
    const text = await readFile(journal.path, "utf8");
    journal.close();
    assert.equal(text, '{"at":"2026-11-22T10:00:00.000Z","event":"node_started","node":"a\\nb"}\n');
  });
});

test("two runs never share a journal", async () => {
  await inScratchFolder(async (dataDir) => {
    const journal = await openJournal(dataDir, "run-1", clockFrom("2026-11-22T10:00:00Z"));
    await assert.rejects(openJournal(dataDir, "run-1", clockFrom("2026-11-22T10:00:00Z")), /EEXIST/);
    journal.close();
    assert.deepEqual(await readdir(join(dataDir, "runs")), ["run-1.jsonl"]);
  });
});

test("a run killed with -9 keeps every event it had written", async () => {
  await inScratchFolder(async (dataDir) => {
    const written = await withScript("journal-and-die", [dataDir, "run-1"], async (script) => {
      const answer = await script.answer();
      await script.kill();
      return Number(answer);
    });
    const entries = await readJournal(join(dataDir, "runs/run-1.jsonl"));
    assert.ok(entries.length >= written && written === 500, `${entries.length} events of ${written}`);
    assert.deepEqual(
      entries.slice(0, 500).map((entry) => (entry.event === "node_started" ? entry.node : "")),
      Array.from({ length: 500 }, (_, index) => `node_${index}`),
    );
  });
});

test("a torn last line is left out, also where a character or the file system broke it", async () => {
  await inScratchFolder(async (folder) => {
    const path = join(folder, "run.jsonl");
    const whole = { at: "2026-11-22T10:00:00.000Z", ...started };
    for (const torn of ['{"at":"2026-11-22T10:00:01.', Buffer.from("é").subarray(0, 1), "\0\0\0", ""]) {
      await writeFile(path, `${JSON.stringify(whole)}\n`);
      await appendFile(path, torn);
      assert.deepEqual(await readJournal(path), [whole]);
    }
  });
});

test("a last line that only lacks its end of line counts", async () => {
  await inScratchFolder(async (folder) => {
    const path = join(folder, "run.jsonl");
    const whole = { at: "2026-11-22T10:00:00.000Z", ...started };
    await writeFile(path, JSON.stringify(whole));
    assert.deepEqual(await readJournal(path), [whole]);
  });
});

test("a line in the middle that is no event is named by its place", async () => {
  await inScratchFolder(async (folder) => {
    const path = join(folder, "run.jsonl");
    const line = JSON.stringify({ at: "2026-11-22T10:00:00.000Z", ...started });
    await writeFile(path, `${line}\n{"at":"2026-11-22T10:00:00.000Z","event":"tea_break"}\n${line}\n`);
    const error: unknown = await readJournal(path).catch((reason: unknown) => reason);
    assert.ok(error instanceof ProjectError);
    assert.match(error.message, /run\.jsonl:2 this line is no journal event/);
  });
});
