import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { readReleaseState } from "../../../runner/warehouse/release-state.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const plays = {
  buildFingerprint: "b1",
  testsFingerprint: "t1",
  docsFingerprint: "d1",
  contentHash: "c1",
  rows: 41099,
  builtBy: "20261122T101112000Z-0001",
  builtAt: "2026-11-22T10:11:12.000Z",
  held: null,
};
const held = { since: "2026-11-20T08:00:00.000Z", runId: "20261120T080000000Z-0001", reason: "unique_plays_play_id" };
const state = {
  version: 1,
  release: 7,
  runId: "20261122T101112000Z-0001",
  publishedAt: "2026-11-22T10:11:14.000Z",
  engine: "v1.5.6",
  batches: { listening_history: ["b-1", "b-2"], kaggle_tracks: [] },
  nodes: {
    "model.tonearm.plays": plays,
    "model.tonearm.top_tracks": { ...plays, rows: null, held },
  },
};

async function failureOfReading(text: string): Promise<string> {
  return inScratchFolder(async (folder) => {
    const path = join(folder, "7.json");
    await writeFile(path, text);
    const error: unknown = await readReleaseState(path, 7).catch((reason: unknown) => reason);
    assert.ok(error instanceof ProjectError, String(error));
    assert.equal(error.exitCode, 1);
    assert.equal(error.diagnostics[0]?.path, path);
    assert.match(error.message, /remove .*7\.duckdb/);
    return error.diagnostics[0].message;
  });
}

test("a state comes back as it was written", async () => {
  await inScratchFolder(async (folder) => {
    await writeFile(join(folder, "7.json"), JSON.stringify(state));
    assert.deepEqual(await readReleaseState(join(folder, "7.json"), 7), state);
  });
});

test("a state of another version is refused with the field and the file", async () => {
  assert.match(await failureOfReading(JSON.stringify({ ...state, version: 2 })), /of this version\n.*\n.*at version/);
});

test("a state with a field nobody knows is refused", async () => {
  const message = await failureOfReading(JSON.stringify({ ...state, nodes: { plays: { ...plays, colour: "red" } } }));
  assert.match(message, /Unrecognized key: "colour"\n.*at nodes\.plays/);
});

test("a torn state is refused", async () => {
  assert.match(await failureOfReading(JSON.stringify(state).slice(0, 100)), /of this version\n.*is not JSON$/);
});

test("the state of another release is refused", async () => {
  const message = await failureOfReading(JSON.stringify({ ...state, release: 8 }));
  assert.equal(message, "the release's state is the state of release 8");
});

test("a state that is missing is named", async () => {
  const error: unknown = await readReleaseState("nowhere/7.json", 7).catch((reason: unknown) => reason);
  assert.ok(error instanceof ProjectError);
  assert.match(
    error.message,
    /^nowhere\/7\.json the release's state is missing\n\nPut the file back from a backup; or/,
  );
});
