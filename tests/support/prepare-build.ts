import { nextRelease, copyToBuild, settleFolder, type SettledFolder } from "../../runner/warehouse/prepare-build.ts";
import { dataPaths } from "../../runner/warehouse/data-folder.ts";

/** What a build starts from: its file, and the number that the release will have. */
export interface PreparedBuild extends SettledFolder {
  readonly path: string;
  readonly release: number;
}

/** Does what a build does before it opens its file. */
export async function prepareBuild(dataDir: string): Promise<PreparedBuild> {
  const settled = await settleFolder(dataDir);
  const path = await copyToBuild(dataDir, settled.current);
  return { ...settled, path, release: await nextRelease(dataPaths(dataDir)) };
}
