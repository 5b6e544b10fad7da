import type { SourceFile } from "./source-files.ts";
import type { SourceReader } from "./source-reader.ts";
import { sourceReaders } from "./source-readers.ts";

const longestLine = 64 * 1024;

/** The reader whose source a file is; undefined for a file of nobody's, which is then never opened unless it may be a CSV. */
export async function recogniseSource(file: SourceFile): Promise<SourceReader | undefined> {
  const undecided: SourceReader[] = [];
  for (const reader of Object.values(sourceReaders)) {
    const answer = reader.recognisesName(file.baseName, file.wasNamed);
    if (answer === true) return reader;
    if (answer === undefined) undecided.push(reader);
  }
  if (undecided.length === 0 || file.refusal !== undefined) return undecided[0];
  const line = await firstLine(file);
  return undecided.find((reader) => reader.recognisesFirstLine(line));
}

async function firstLine(file: SourceFile): Promise<string> {
  let head = Buffer.alloc(0);
  for await (const chunk of file.open()) {
    head = Buffer.concat([head, chunk]);
    if (head.includes("\n") || head.length > longestLine) break;
  }
  return head.toString("utf8").split("\n", 1)[0] ?? "";
}
