import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import type { StageOutcome } from "../../../runner/execution/stage-outcome.ts";
import { runStageProcess } from "../../../runner/scheduling/stage-process.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const script = join(import.meta.dirname, "../../support/stage-script.mjs");
const parent = { runId: "run-1", stage: "build", attempt: 2 };

interface Told {
  readonly outcome: StageOutcome;
  readonly lines: readonly string[];
  readonly seen: string;
}

async function runIt(
  behave: string,
  { timeoutSeconds = 60, signal = new AbortController().signal } = {},
): Promise<Told> {
  return inScratchFolder(async (folder) => {
    const lines: string[] = [];
    const seen = join(folder, "seen");
    const { PATH = "" } = process.env;
    const outcome = await runStageProcess(
      { stage: "build", parent, timeoutSeconds, signal },
      {
        script: [script],
        args: [],
        cwd: folder,
        environment: { PATH, BEHAVE: behave, SEEN: seen },
        onLine: (line, stream) => lines.push(`${stream}: ${line}`),
      },
    );
    return { outcome, lines, seen: await readFile(seen, "utf8") };
  });
}

test("a stage's process tells its outcome, its lines are heard, and it knows its run", async () => {
  const { outcome, lines } = await runIt("succeed");
  assert.deepEqual(outcome, { status: "success", rows: 7, error: null, skipped: null, gaps: [] });
  assert.deepEqual(lines, [`stdout: working on build for ${JSON.stringify(parent)}`]);
});

for (const [behave, kind, message] of [
  ["kill", "killed", /its process was ended by SIGKILL/],
  ["crash", "bug", /ended with code 1 and told nothing/],
  ["garbage", "bug", /ended with code 0 and told nothing/],
] as const) {
  test(`a process that ends by '${behave}' fails its attempt and nothing else`, async () => {
    const { outcome } = await runIt(behave);
    assert.equal(outcome.status, "failed");
    assert.equal(outcome.error?.kind, kind);
    assert.match(outcome.error?.message ?? "", message);
  });
}

test("a hung stage that heeds no signal is killed after its timeout", async () => {
  const { outcome, seen } = await runIt("hang", { timeoutSeconds: 1 });
  assert.equal(outcome.error?.kind, "timeout");
  assert.equal(outcome.error?.message, "it took longer than 1 s and was ended");
  assert.equal(seen, "told to stop\n");
});

test("a stage is stopped when the scheduler is", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const { outcome } = await runIt("stop", { signal: controller.signal });
  assert.equal(outcome.error?.kind, "stopped");
});
