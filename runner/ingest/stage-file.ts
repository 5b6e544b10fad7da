import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";

import { UnreadableFile } from "./unreadable-file.ts";
import type { SourceFile } from "./source-files.ts";
import type { IntakeResult, SourceReader } from "./source-reader.ts";

/** A file's uncompressed copy under the data folder, ready for DuckDB. */
export interface StagedFile {
  readonly file: SourceFile;
  readonly reader: SourceReader;
  readonly path: string;
  readonly sha256: string;
  readonly batchId: string;
  readonly bytes: number;
  readonly intake: IntakeResult;
}

export interface StageRequest {
  readonly file: SourceFile;
  readonly reader: SourceReader;
  /** Where the copy goes. */
  readonly path: string;
  readonly onRead: ((file: string, bytes: number) => void) | undefined;
}

/** The batch id of a file's uncompressed bytes, which are only read. */
export async function readBatchId(file: SourceFile): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of file.open()) hash.update(chunk);
  return batchId(hash.digest("hex"));
}

/** Copies a file's uncompressed bytes to a path, readable by the owner alone; throws UnreadableFile for a file that cannot land. */
export async function stageFile({ file, reader, path, onRead }: StageRequest): Promise<StagedFile> {
  const hash = createHash("sha256");
  const intake = reader.intake();
  let bytes = 0;
  let result: IntakeResult | undefined;
  async function* content(): AsyncGenerator<Buffer> {
    for await (const chunk of file.open()) {
      hash.update(chunk);
      bytes += chunk.length;
      onRead?.(file.baseName, bytes);
      yield intake.write(chunk);
    }
    result = intake.finish();
    yield result.rest;
  }
  await writeFile(path, content(), { mode: 0o600, flag: "wx" });
  const sha256 = hash.digest("hex");
  return { file, reader, path, sha256, batchId: batchId(sha256), bytes, intake: landable(file, result) };
}

function batchId(sha256: string): string {
  return sha256.slice(0, 16);
}

function landable(file: SourceFile, result: IntakeResult | undefined): IntakeResult {
  if (result === undefined) throw new Error(`The content of ${file.path} was not read to its end.`);
  if (result.refusal === undefined) return result;
  throw new UnreadableFile({ path: file.path, ...result.refusal });
}
