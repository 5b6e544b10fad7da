import { ProjectError } from "../diagnostics.ts";
import { dataPaths } from "./data-folder.ts";
import { moveForeignWals } from "./foreign-files.ts";
import { writePin } from "./pin.ts";
import { settleFolder } from "./prepare-build.ts";
import { readReleaseState, type ReleaseState } from "./release-state.ts";
import { listReleases, type Release } from "./releases.ts";
import { replaceWarehouse, stageWarehouse } from "./replace-warehouse.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** What a rollback came from and went to, and what the user should hear of. */
export interface Rollback {
  readonly from: number;
  readonly to: number;
  readonly state: ReleaseState;
  readonly warnings: readonly string[];
}

/**
 * Makes an older release the warehouse again and pins it; without a number the one before the current one. The pin stands first: killed
 * between the two steps, it names a release that is not current, and so does not hold. The caller holds the build lock.
 */
export async function rollbackRelease(
  dataDir: string,
  number: number | null,
  why: { readonly runId: string; readonly at: Date },
): Promise<Rollback> {
  const paths = dataPaths(dataDir);
  return withStorageErrors(paths.root, async () => {
    const { current, warnings } = await settleFolder(dataDir);
    const releases = await listReleases(dataDir);
    const target = chooseRelease(releases, number, current?.number);
    const state = await readReleaseState(target.statePath, target.number);
    await writePin(dataDir, { release: target.number, runId: why.runId, since: why.at.toISOString() });
    const walWarnings = await moveForeignWals(dataDir);
    await stageWarehouse(paths, target);
    await replaceWarehouse(paths, target);
    return {
      from: current?.number ?? target.number,
      to: target.number,
      state,
      warnings: [...warnings, ...walWarnings, ...(await moveForeignWals(dataDir))],
    };
  });
}

function chooseRelease(releases: readonly Release[], number: number | null, current: number | undefined): Release {
  const isWanted = (release: Release): boolean =>
    number === null ? current !== undefined && release.number < current : release.number === number;
  const found = releases.find(isWanted);
  if (found !== undefined) return found;
  const kept = releases.map((release) => release.number).join(", ");
  const hint = releases.length === 0 ? "Nothing has been published yet." : `Kept are ${kept}: npm run releases`;
  const message = number === null ? "there is no release before the current one" : `release ${number} is not kept`;
  throw new ProjectError([{ path: "rollback", message, hint }]);
}
