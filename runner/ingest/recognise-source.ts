import type { SourceFile } from "./source-files.ts";
import type { SourceReader } from "./source-reader.ts";
import { sourceReaders } from "./source-readers.ts";

/** Whose source a file is, and whose listening it says it is. */
export interface Recognised {
  readonly reader: SourceReader;
  readonly userName: string | undefined;
}

/** The source of a file, by its content before its name; undefined for a file of nobody's, which is not opened if its name says so. */
export async function recogniseSource(file: SourceFile): Promise<Recognised | undefined> {
  const claimed = Object.values(sourceReaders).flatMap((reader) => {
    const claim = reader.claims(file.baseName, file.wasNamed);
    return claim === "no" ? [] : [{ reader, claim }];
  });
  const likely = claimed.find(({ claim }) => claim === "likely")?.reader;
  if (claimed.length === 0) return undefined;
  if (file.refusal !== undefined) return recognised(likely ?? claimed[0]?.reader, "");
  const head = (await file.readHead()).toString("utf8");
  return recognised(claimed.find(({ reader }) => reader.recognisesHead(head))?.reader ?? likely, head);
}

function recognised(reader: SourceReader | undefined, head: string): Recognised | undefined {
  return reader === undefined ? undefined : { reader, userName: reader.userNameIn(head) };
}
