import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { readJournal } from "../../runner/execution/journal.ts";
import { readCurrentRelease } from "../../runner/warehouse/releases.ts";
import { extendedFile, landInBronze } from "./bronze.ts";
import { type ChildScript, withScript } from "./child-script.ts";
import { countries, killedModels } from "./killed-models.ts";
import { listFiles } from "./list-files.ts";
import { generationOf } from "./poll-warehouse.ts";
import { outcomeOf, type Scratch, scratchProject, type TestEnd } from "./tonearm.ts";

/** What became of a build that was killed, or whose disk became full: whether it ended before its time, and whether its release was out by then. */
export interface KilledBuild {
  readonly isStopped: boolean;
  readonly isPublished: boolean;
}

/** A project whose builds are killed, one by one, while another process reads its warehouse without a pause. */
export interface KilledBuilds {
  readonly killAt: (step: string) => Promise<KilledBuild>;
  /** Fills the disk of the data folder to its last block at a step, and makes room again after the build, for the next command to mend all. */
  readonly fillAt: (step: string, next: "build" | "retry") => Promise<KilledBuild>;
  /** At a part, 0 to 1, of the time that the last whole build held its lock; 0 to -1: of the time before. */
  readonly killAfter: (part: number) => Promise<KilledBuild>;
  /** Has every table of the release compared with a full rebuild, those above all that were built incrementally over the kills. */
  readonly verify: () => Promise<void>;
}

/** Runs a test on such a project; gives how often the other process read. Every build that is killed is checked, and so is the next one. */
export async function withKilledBuilds(
  context: TestEnd,
  use: (builds: KilledBuilds) => Promise<void>,
  prepare: (dataDir: string) => Promise<void> = async () => {},
): Promise<number> {
  const project = await scratchProject(context, killedModels);
  await prepare(project.dataDir);
  let generation = 0;
  let spans: Spans = { beforeMs: 0, lockedMs: 0 };
  const land = async (): Promise<void> => {
    generation += 1;
    const country = `country ${generation % countries}`;
    const row = {
      ended_at: "2024-01-01 12:00:00",
      media_type: "track",
      track_id: "song",
      ms_played: generation,
      country,
    };
    await landInBronze(project.dataDir, [extendedFile(`Streaming_History_Audio_${generation}.json`, [row])]);
  };
  const buildWhole = async (place: string, command: string): Promise<string> => {
    const child = project.start(command);
    const outcome = outcomeOf(child);
    spans = await measureSpans(project, outcome);
    const { code, stdout, stderr } = await outcome;
    assert.equal(code, 0, `${place}: the next ${command}\n${stdout}${stderr}`);
    assert.equal(stderr, "", `${place}: the next ${command} warns`);
    assert.equal(await generationOf(join(project.dataDir, "warehouse.duckdb")), generation, place);
    await checkNothingIsLeft(project, place);
    return stdout;
  };
  for (let country = 0; country < countries; country += 1) await land();
  await buildWhole("at first", "build");
  return withScript("poll-warehouse", [join(project.dataDir, "warehouse.duckdb")], async (reader) => {
    const kill = async (place: string, run: () => Promise<boolean>, next = "build"): Promise<KilledBuild> => {
      await land();
      const bronze = await hashBronze(project);
      const isStopped = await run();
      const seen = await checkWhole(project, place, generation);
      assert.deepEqual(await hashBronze(project), bronze, `${place}: bronze`);
      const isPublished = seen === generation;
      await land();
      const told = await buildWhole(place, next);
      // Of the two plays that landed, the killed build published one or none.
      for (const table of ["silver.plays", "gold.echoes"])
        assert.match(told, new RegExp(`${table} .*${isPublished ? 1 : 2} of ${countries} partitions`), place);
      return { isStopped, isPublished };
    };
    await use({
      killAt: async (step) => kill(`killed ${step}`, async () => runUntil(project, { step })),
      fillAt: async (step, next) => kill(`full at ${step}`, async () => fillAt(project, step), next),
      killAfter: async (part) => kill(`killed at ${part.toFixed(3)}`, async () => runUntil(project, { part, spans })),
      verify: () => checkVerified(project, generation),
    });
    return countReads(reader);
  });
}

const atStep = { NODE_OPTIONS: `--import=${new URL("at-step.mjs", import.meta.url).href}` };

/** Builds on a disk that becomes full at a step; whether the build failed, which it then has to say with the remedy. */
async function fillAt(project: Scratch, step: string): Promise<boolean> {
  const filler = join(project.dataDir, "filler");
  const { code, stdout, stderr } = await project.runWith({ ...atStep, AT_STEP: step, AT_STEP_FILL: filler }, "build");
  assert.ok(existsSync(filler), `${step} never came\n${stdout}${stderr}`);
  await rm(filler);
  if (code === 0) return false;
  assert.equal(code, 1, stdout + stderr);
  assert.match(stdout + stderr, /the disk is full\n\nFree some space|No space left on device/);
  assert.doesNotMatch(stderr, /\n +at /, "no stack trace");
  return true;
}

/** Builds until a step, whose process then kills itself, or until it is killed after some milliseconds; false when it came to its end first. */
async function runUntil(
  project: Scratch,
  until: { readonly step: string } | { readonly part: number; readonly spans: Spans },
): Promise<boolean> {
  const child = project.startWith("step" in until ? { ...atStep, AT_STEP: until.step } : {}, "build");
  const outcome = outcomeOf(child);
  if ("part" in until) {
    const { part, spans } = until;
    if (part >= 0) await measureSpans(project, outcome, true);
    await Promise.race([sleep(part >= 0 ? part * spans.lockedMs : -part * spans.beforeMs), outcome]);
    child.kill("SIGKILL");
  }
  const { code, stdout, stderr } = await outcome;
  const isStopped = child.signalCode === "SIGKILL";
  assert.ok(isStopped || code === 0, `${stdout}${stderr}`);
  return isStopped;
}

/** Milliseconds until a build has its lock, and from then on until its end. */
interface Spans {
  readonly beforeMs: number;
  readonly lockedMs: number;
}

/** Waits for the lock of a build, and unless told otherwise for its end. */
async function measureSpans({ dataDir }: Scratch, end: Promise<unknown>, isEnoughLocked = false): Promise<Spans> {
  const begun = performance.now();
  const state = { isOver: false };
  const over = end.then(() => (state.isOver = true));
  while (!state.isOver && !existsSync(join(dataDir, "locks/build.json"))) await sleep(5);
  const locked = performance.now();
  if (!isEnoughLocked) await over;
  return { beforeMs: locked - begun, lockedMs: performance.now() - locked };
}

/** Right after the kill: the warehouse opens and is the whole release of before, or the new one; the journals can be read. */
async function checkWhole({ dataDir }: Scratch, place: string, generation: number): Promise<number> {
  const seen = await generationOf(join(dataDir, "warehouse.duckdb"));
  assert.ok(
    seen === generation || seen === generation - 1,
    `${place}: generation ${seen}, not ${generation} or the one before`,
  );
  const current = await readCurrentRelease(dataDir);
  assert.deepEqual(current?.warnings, [], place);
  assert.equal(
    current?.state.batches["listening_history"]?.length,
    seen,
    `${place}: state and content are of one release`,
  );
  for (const name of await readdir(join(dataDir, "runs"))) await readJournal(join(dataDir, "runs", name));
  return seen;
}

async function checkVerified(project: Scratch, generation: number): Promise<void> {
  const { code, stdout, stderr } = await project.run("verify");
  assert.equal(code, 0, `verify at generation ${generation}\n${stdout}${stderr}`);
  assert.match(stdout, /: SAME=7 DIFFERENT=0 SKIP=0\n$/);
}

/** After a whole build: two releases with their states, the warehouse, journals, bronze, the lock's file; no orphan of any sort. */
async function checkNothingIsLeft({ dataDir }: Scratch, place: string): Promise<void> {
  const all = await listFiles(dataDir);
  const rest = all.filter(
    (path) => !/^(bronze\/|runs\/[\dTZ]+-[\da-f]+\.jsonl$|releases\/\d+\.(duckdb|json)$)/.test(path),
  );
  const copied = rest.filter((path) => path === "releases/copied.json");
  const isCopied = (await stat(join(dataDir, "warehouse.duckdb"))).nlink === 1;
  assert.equal(copied.length, isCopied ? 1 : 0, `${place}: what is copied has a note of it`);
  assert.deepEqual(rest, ["locks/bronze.duckdb", "locks/build.duckdb", ...copied, "warehouse.duckdb"], place);
  const releases = all.filter((path) => /^releases\/\d/.test(path));
  const numbers = [...new Set(releases.map((path) => Number(/\d+/.exec(path)?.[0])))];
  assert.ok(numbers.length <= 2, `${place}: ${releases.join(", ")}`);
  assert.equal(releases.length, numbers.length * 2, `${place}: ${releases.join(", ")}`);
}

/** Every file of bronze by its bytes. */
async function hashBronze({ dataDir }: Scratch): Promise<Readonly<Record<string, string>>> {
  const folder = join(dataDir, "bronze");
  const hashes: Record<string, string> = {};
  for (const path of await listFiles(folder))
    hashes[path] = createHash("sha256")
      .update(await readFile(join(folder, path)))
      .digest("hex");
  return hashes;
}

async function countReads(reader: ChildScript): Promise<number> {
  const told = await reader.ask("how often?");
  assert.equal(typeof told, "number", `the reader says: ${String(told)}`);
  return Number(told);
}
