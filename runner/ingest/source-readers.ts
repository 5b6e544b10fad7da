import { extendedHistory } from "./extended-history.ts";
import { kaggleCatalogue } from "./kaggle-catalogue.ts";
import type { SourceReader } from "./source-reader.ts";

/** The kinds of files that land. */
export type SourceKind = "extended" | "catalogue";

/** One reader a kind of source; in this order they are asked whether a file is theirs. */
export const sourceReaders = {
  extended: extendedHistory,
  catalogue: kaggleCatalogue,
} satisfies Record<SourceKind, SourceReader>;
