import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real exFAT file system, which has neither hard links nor file modes, in an image file. */
export interface ExFat {
  readonly mount: (folder: string) => Promise<void>;
  readonly unmount: () => Promise<void>;
}

/** Makes one with Debian's exfat-fuse, which is installed where it is missing; throws where that, loop devices or mounting are not allowed. */
export async function makeExFat(): Promise<ExFat> {
  if (!existsSync("/usr/sbin/mount.exfat-fuse") || !existsSync("/usr/sbin/mkfs.exfat"))
    run("apt-get", "install", "-y", "--no-install-recommends", "exfat-fuse", "exfatprogs");
  const home = await mkdtemp(join(tmpdir(), "tonearm-exfat-"));
  const image = join(home, "image");
  await writeFile(image, "");
  await truncate(image, 256 * 1024 * 1024);
  run("mkfs.exfat", image);
  const device = run("losetup", "--find", "--show", image).trim();
  let mounted: string | undefined;
  return {
    async mount(folder) {
      await mkdir(folder, { recursive: true });
      run("mount.exfat-fuse", device, folder);
      mounted = folder;
    },
    async unmount() {
      if (mounted !== undefined) run("umount", mounted);
      run("losetup", "--detach", device);
      await rm(home, { recursive: true });
    },
  };
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
