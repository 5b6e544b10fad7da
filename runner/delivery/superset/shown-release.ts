import { join } from "node:path";

import * as z from "zod";

import { dataPaths } from "../../warehouse/data-folder.ts";
import { recallJsonFile } from "../../warehouse/json-file.ts";
import { writeWhole } from "../../warehouse/write-whole.ts";

const shownRelease = z.strictObject({
  /** Address of the Superset. */
  url: z.string(),
  /** Run that made the release. */
  runId: z.string(),
});

/** What a Superset was last made to show, so that one that could not be reached is asked again. */
export type ShownRelease = Readonly<z.infer<typeof shownRelease>>;

/** Notes that a Superset shows a release. */
export async function noteShown(dataDir: string, shown: ShownRelease): Promise<void> {
  await writeWhole(shownPath(dataDir), JSON.stringify(shown));
}

/** Whether that Superset shows that release, as far as is known. */
export async function isShown(dataDir: string, { url, runId }: ShownRelease): Promise<boolean> {
  const shown = await recallJsonFile(shownPath(dataDir), shownRelease);
  return shown?.url === url && shown.runId === runId;
}

function shownPath(dataDir: string): string {
  return join(dataPaths(dataDir).deliveries, "superset.shown");
}
