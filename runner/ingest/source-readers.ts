import { accountHistory } from "./account-history.ts";
import { extendedHistory } from "./extended-history.ts";
import { kaggleCatalogue } from "./kaggle-catalogue.ts";
import type { SourceKind, SourceReader } from "./source-reader.ts";

/** One reader a kind of source; in this order they are asked whether a file is theirs. */
export const sourceReaders = {
  extended: extendedHistory,
  account: accountHistory,
  catalogue: kaggleCatalogue,
} satisfies Record<SourceKind, SourceReader>;
