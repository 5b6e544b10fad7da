import { readFile } from "node:fs/promises";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { jsonText } from "../json-text.ts";
import { rememberLast } from "../remember-last.ts";
import { isMissing } from "./durable-files.ts";
import { toStorageError } from "./storage-errors.ts";

const nodeState = z
  .strictObject({
    buildFingerprint: z.string(),
    testsFingerprint: z.string(),
    docsFingerprint: z.string(),
    contentHash: z.string(),
    /** What the build fingerprint was made of. */
    builtFrom: z
      .strictObject({
        engine: z.string(),
        own: z.record(z.string(), z.string()).readonly(),
        inputs: z.record(z.string(), z.string()).readonly(),
      })
      .readonly()
      .optional(),
    /** Of a partitioned model: what it was built from, partition by partition. */
    partitions: z
      .strictObject({
        whole: z.string(),
        inputs: z.record(z.string(), z.record(z.string(), z.string()).readonly()).readonly(),
        clean: z.record(z.string(), z.string()).readonly().optional(),
        kept: z
          .strictObject({ since: z.string(), columns: z.array(z.string()).readonly() })
          .readonly()
          .optional(),
        /** Older versions kept what `contents` of the node says here. */
        contents: z.record(z.string(), z.string()).readonly().optional(),
      })
      .readonly()
      .optional(),
    /** Of what is partitioned or read by partitions: its rows by those columns. */
    contents: z
      .strictObject({
        shape: z.string(),
        by: z.record(z.string(), z.record(z.string(), z.string()).readonly()).readonly(),
      })
      .readonly()
      .optional(),
    /** Null for what has no rows of its own: views, tests. */
    rows: z.int().nonnegative().nullable(),
    /** Run id. */
    builtBy: z.string(),
    builtAt: z.iso.datetime(),
    /** How long that took. */
    ms: z.int().nonnegative().optional(),
    held: z.strictObject({ since: z.iso.datetime(), runId: z.string(), reason: z.string() }).readonly().nullable(),
  })
  .readonly();

/** What `releases/<n>.json` holds; version 1. */
export const releaseState = z
  .strictObject({
    version: z.literal(1),
    release: z.int().positive(),
    runId: z.string(),
    publishedAt: z.iso.datetime(),
    /** DuckDB's version that wrote the release. */
    engine: z.string(),
    /** Nodes whose content is another than in the release that its run went on from, gone ones included; releases of older versions lack it. */
    changed: z.array(z.string()).readonly().optional(),
    /** Bronze table → the batches this release reads. */
    batches: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
    /** Unique id of a node → what stands in the release for it. */
    nodes: z.record(z.string(), nodeState).readonly(),
  })
  .readonly();

/** What a release knows of one node: fingerprints it was built from, its content, and since when it is held back. */
export type NodeState = z.infer<typeof nodeState>;
/** What the runner knows of a release: the only input of the next plan besides the project and bronze. */
export type ReleaseState = z.infer<typeof releaseState>;

/** Reads the state of a release; a missing, torn or foreign file is a ProjectError naming it. */
export async function readReleaseState(path: string, release: number): Promise<ReleaseState> {
  const state = parseState(await readStateFile(path), path);
  if (state.release !== release) throw unreadable(path, `is the state of release ${state.release}`);
  return state;
}

const parseState = rememberLast((text, path): ReleaseState => {
  const state = jsonText(releaseState).safeParse(text);
  if (!state.success) throw unreadable(path, `is not a release state of this version\n${z.prettifyError(state.error)}`);
  return state.data;
});

async function readStateFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) throw unreadable(path, "is missing");
    throw toStorageError(error, path);
  }
}

function unreadable(path: string, trouble: string): ProjectError {
  const database = path.replace(/\.json$/, ".duckdb");
  const hint = `Put the file back from a backup; or remove ${database}: the next build then starts from another kept release, or from bronze when there is none.`;
  return new ProjectError([{ path, message: `the release's state ${trouble}`, hint }], 1);
}
