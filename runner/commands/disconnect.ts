import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { allFailures, forgetFailingRows } from "../execution/failing-rows.ts";
import { newRunId } from "../execution/journal.ts";
import { apiBatches } from "../ingest/api-batches.ts";
import { collectRemoved, removeLandings } from "../ingest/remove-landings.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { spotifyFolder } from "../spotify/closed-buckets.ts";
import { withTokenLock } from "../spotify/token-lock.ts";
import { removeTokens } from "../spotify/token-store.ts";
import { dataPaths, temporaryFolder } from "../warehouse/data-folder.ts";
import { dropOtherReleases } from "../warehouse/drop-releases.ts";
import { describeHolder, type LockOptions, withLock } from "../warehouse/locks.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { cleanExports } from "./clean-exports.ts";
import { findRemains, rememberDisconnect, type Remains } from "./disconnect-remains.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { buildWithoutApi } from "./publish-without-api.ts";
import { renderRemains, renderUnreachable } from "./render-disconnect.ts";
import { withTypedLines } from "./typed-lines.ts";

export const disconnectOptions = z.strictObject({
  ...projectOptions,
  yes: z.boolean().default(false).describe("do it without asking"),
  wait: z.coerce.number().min(0).default(600).describe("seconds to wait for other runs to end"),
});

type DisconnectOptions = z.infer<typeof disconnectOptions>;
type Lock = Omit<LockOptions, "name">;

/**
 * Deletes the login and everything that the Web API gave, and builds the warehouse anew without it. Each step can be done again, so that
 * another run finishes what a kill or a failed build left; 1 when nothing was agreed to, or when a node could not be built.
 */
export async function disconnect(options: DisconnectOptions, effects: Effects): Promise<number> {
  // Without the models: the login goes even where they do not compile.
  const { dataDir, project } = await openProject(options, effects, loadProjectSettings);
  const remains = await findRemains(dataDir);
  if (remains === null) {
    effects.print(`Nothing of Spotify's Web API is left in ${dataDir}.`);
    return 0;
  }
  for (const line of renderRemains(remains)) effects.print(line);
  if (!options.yes && !(await isAgreed(effects))) {
    effects.print("Nothing was deleted.");
    return 1;
  }
  const lock = makeLock(dataDir, options, effects);
  const { projectDir, vars, wait } = options;
  if (remains.hasLanded) await rememberDisconnect(dataDir);
  await forgetLogin(lock, effects);
  await takeOutBatches(lock, effects);
  const isWithin = remains.hasLanded && remains.isBuilt;
  const code = isWithin ? await buildWithoutApi({ dataDir, projectDir, vars, wait }, effects) : 0;
  await deleteFiles(lock, remains, effects);
  await forgetFailingRows(allFailures(project.root));
  const exports = remains.hasLanded ? await cleanExports({ dataDir, projectDir, vars, wait }, effects) : [];
  await deleteNotes(dataDir);
  const foreign = await foreignFiles(dataDir);
  for (const line of renderUnreachable({ ...remains, exports, foreign })) effects.print(line);
  return code;
}

async function isAgreed({ print }: Effects): Promise<boolean> {
  print("Type yes to go on.");
  const line = await withTypedLines((readLine) => readLine());
  return line?.trim().toLowerCase() === "yes";
}

function makeLock(dataDir: string, { wait }: DisconnectOptions, effects: Effects): Lock {
  return {
    dataDir,
    command: "tonearm disconnect",
    runId: newRunId(effects.now(), effects.pid),
    startedAt: effects.now(),
    waitSeconds: wait,
    onWait: (holder) => effects.print(`Waiting for ${describeHolder(holder)} …`),
  };
}

/** First, so that no poll begins that could land after the batches are taken out. */
async function forgetLogin({ dataDir, command, runId }: Lock, { now, print }: Effects): Promise<void> {
  await withTokenLock({ dataDir, command, runId, effects: { now } }, () => removeTokens(dataDir));
  print("The login is deleted.");
}

async function takeOutBatches(lock: Lock, { print }: Effects): Promise<void> {
  const { dataDir } = lock;
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  await withLock({ ...lock, name: "bronze" }, async () => {
    // Once more: a poll may have landed until now.
    const ids = await withDuckDB({ threads: 1 }, async (database) => apiBatches(await database.connect(), dataDir));
    await removeLandings(ids, dataDir);
    await rm(temporaryFolder(dataDir, "bronze"), { recursive: true, force: true });
    print(`${ids.length} batches are out of the next build.`);
  });
}

async function deleteFiles(lock: Lock, { hasLanded }: Remains, effects: Effects): Promise<void> {
  const { dataDir } = lock;
  await withLock({ ...lock, name: "build" }, async () => {
    const { dropped, warnings } = hasLanded ? await dropOtherReleases(dataDir) : { dropped: [], warnings: [] };
    for (const warning of warnings) effects.warn(warning);
    if (dropped.length > 0) effects.print(`Older releases are deleted: ${dropped.join(", ")}.`);
    // No build of another process can publish meanwhile what reads them.
    await withLock({ ...lock, name: "bronze" }, () => collectRemoved(dataDir));
  });
}

/** Last: as long as they stand, a run that was interrupted begins anew. */
async function deleteNotes(dataDir: string): Promise<void> {
  const notes = spotifyFolder(dataDir);
  await withStorageErrors(notes, () => rm(notes, { recursive: true, force: true }));
}

async function foreignFiles(dataDir: string): Promise<readonly string[]> {
  const { foreign } = dataPaths(dataDir);
  const names = await readdir(foreign).catch(() => []);
  return names.map((name) => join(foreign, name));
}
