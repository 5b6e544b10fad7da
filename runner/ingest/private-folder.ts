import { chmod, mkdir, stat } from "node:fs/promises";

/** Makes a folder that only its owner can enter, parents included; one that is there already is closed to others. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o700);
}
