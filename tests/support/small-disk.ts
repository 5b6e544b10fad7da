import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { inScratchFolder } from "./scratch-folder.ts";

const run = promisify(execFile);

/** Runs a test on a file system of a few MB, which only root may make; `grow` gives it more room. */
export async function onSmallDisk(
  megabytes: number,
  use: (folder: string, grow: (megabytes: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  await inScratchFolder(async (folder) => {
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
    try {
      await use(folder, async (more) => void (await run("mount", ["-o", `remount,size=${more}m`, folder])));
    } finally {
      await run("umount", ["--lazy", folder]);
    }
  });
}

/** Why there can be no small disk here; false where there can. */
export async function whyNoSmallDisk(): Promise<string | false> {
  return onSmallDisk(1, () => Promise.resolve()).then(
    () => false as const,
    () => "a small disk can only be mounted by root",
  );
}
