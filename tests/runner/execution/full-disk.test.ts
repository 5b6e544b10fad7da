import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";

import { withKilledBuilds } from "../../support/killed-builds.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

/**
 * Steps before which the disk becomes full; whether the release is out all the same, for links and renames need no room; and what then builds
 * the rest: a retry, where a run had begun that was not published.
 */
const steps = {
  "lock:before": [false, "build"],
  "copy:before": [false, "retry"],
  "build:before": [false, "retry"],
  "test:before": [false, "retry"],
  "commit:before": [false, "retry"],
  "checkpoint:before": [false, "retry"],
  "chmod:before": [false, "retry"],
  "state:before": [true, "build"],
  "link:before": [true, "build"],
  "rename:before": [true, "build"],
  "journal:before": [true, "build"],
} as const;

/** Why a small tmpfs cannot be mounted; null where it can. */
async function refusal(): Promise<string | null> {
  return inScratchFolder(async (folder) => {
    try {
      mount(folder);
      execFileSync("umount", [folder]);
      return null;
    } catch (error) {
      return `mounting a small tmpfs is not allowed here: ${String(error)}`;
    }
  });
}

function mount(folder: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], { stdio: "ignore" });
}

test("a disk that becomes full at any step is said, harms no release, and needs only room again", async (t) => {
  const reason = await refusal();
  if (reason !== null) return t.skip(reason);
  let mounted: string | undefined;
  try {
    await withKilledBuilds(
      t,
      async ({ fillAt, verify }) => {
        for (const [step, [isPublished, next]] of Object.entries(steps))
          assert.equal((await fillAt(step, next)).isPublished, isPublished, step);
        await verify();
      },
      async (dataDir) => {
        await mkdir(dataDir);
        mount(dataDir);
        mounted = dataDir;
      },
    );
  } finally {
    // Lazily: the process that reads ends only now.
    if (mounted !== undefined) execFileSync("umount", ["--lazy", mounted]);
  }
});
