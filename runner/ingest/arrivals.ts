import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { Diagnostic } from "../diagnostics.ts";
import { UnreadableFile } from "./unreadable-file.ts";
import { privateFolder } from "./private-folder.ts";
import { recogniseSource } from "./recognise-source.ts";
import { getAnExport, getTheCatalogue } from "./remedies.ts";
import { type SourceFile, sourceFiles } from "./source-files.ts";
import type { SourceReader } from "./source-reader.ts";
import { readBatchId, type StagedFile, stageFile } from "./stage-file.ts";

/** What became of one file before DuckDB is asked. */
export type Arrival =
  | { readonly kind: "ignored" }
  | { readonly kind: "failed"; readonly failure: Diagnostic }
  | {
      readonly kind: "already landed";
      readonly file: SourceFile;
      readonly reader: SourceReader;
      readonly batchId: string;
    }
  | { readonly kind: "staged"; readonly staged: StagedFile };

/** What files are compared with, and where they are staged. */
export interface ArrivalsContext {
  readonly dataDir: string;
  /** Private folder inside the data folder that takes the staged copies; who receives one removes it. */
  readonly workspace: string;
  /** Ids of the batches that count, by table. */
  readonly committed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Told how many bytes of a file have been staged. */
  readonly onRead: ((file: string, bytes: number) => void) | undefined;
}

/** Looks at every file at the paths and stages those that have not landed; a path that gives none of them is a failure. */
export async function* arrivals(paths: readonly string[], context: ArrivalsContext): AsyncGenerator<Arrival> {
  let count = 0;
  for (const path of paths) {
    let ignored = 0;
    let isFruitful = false;
    let wasNamed = false;
    for await (const found of sourceFiles(path, context.dataDir)) {
      count += 1;
      const stagedPath = join(context.workspace, String(count));
      const arrival = found.kind === "failed" ? found : await arrive(found.file, stagedPath, context);
      if (arrival.kind === "ignored") ignored += 1;
      else isFruitful = true;
      wasNamed = found.kind === "file" && found.file.wasNamed;
      yield arrival;
    }
    if (!isFruitful)
      yield {
        kind: "failed",
        failure: nothingToLand(path, wasNamed ? "is no file that tonearm lands" : whyNothing(ignored)),
      };
  }
}

async function arrive(file: SourceFile, stagedPath: string, context: ArrivalsContext): Promise<Arrival> {
  try {
    const reader = (await recogniseSource(file))?.reader;
    if (reader === undefined) return { kind: "ignored" };
    if (file.refusal !== undefined) return { kind: "failed", failure: { path: file.path, ...file.refusal } };
    const committed = context.committed.get(reader.table);
    // Where something has landed, most files have: they are recognised without a copy of personal data on the disk.
    const batchId = committed === undefined ? undefined : await readBatchId(file);
    if (batchId !== undefined && committed?.has(batchId) === true)
      return { kind: "already landed", file, reader, batchId };
    for (const folder of [context.dataDir, join(context.workspace, ".."), context.workspace])
      await privateFolder(folder);
    return { kind: "staged", staged: await stageFile({ file, reader, path: stagedPath, onRead: context.onRead }) };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    await rm(stagedPath, { force: true });
    return { kind: "failed", failure: error.diagnostic };
  }
}

function nothingToLand(path: string, message: string): Diagnostic {
  return { path, message, hint: `${getAnExport}\n${getTheCatalogue}` };
}

function whyNothing(ignored: number): string {
  if (ignored === 0) return "holds no files";
  const others = ignored === 1 ? "one other file was" : `${ignored} other files were`;
  return `holds nothing that tonearm lands; ${others} left alone`;
}
