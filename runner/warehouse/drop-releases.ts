import { rm } from "node:fs/promises";

import { dataPaths } from "./data-folder.ts";
import { sync } from "./durable-files.ts";
import { settleFolder } from "./prepare-build.ts";
import { listReleases } from "./releases.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** What stays when older releases are dropped, and what the user should hear of. */
export interface DroppedReleases {
  /** Numbers, newest first. */
  readonly dropped: readonly number[];
  readonly warnings: readonly string[];
}

/** Deletes every release but the current one, and what killed builds left of others; the caller holds the build lock. */
export async function dropOtherReleases(dataDir: string): Promise<DroppedReleases> {
  const { current, warnings } = await settleFolder(dataDir);
  const { releases } = dataPaths(dataDir);
  return withStorageErrors(releases, async () => {
    const others = (await listReleases(dataDir)).filter(({ number }) => number !== current?.number);
    for (const { path, statePath } of others) {
      // The database first: an orphaned state is swept, a database without its state would stay.
      await rm(path, { force: true });
      await rm(statePath, { force: true });
    }
    await sync(releases);
    return { dropped: others.map(({ number }) => number), warnings };
  });
}
