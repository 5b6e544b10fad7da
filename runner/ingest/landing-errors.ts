import type { Diagnostic } from "../diagnostics.ts";
import { getAFreshCopy } from "./remedies.ts";

/** One file cannot be read; the others can still land. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic, cause?: unknown) {
    super(`${diagnostic.path} ${diagnostic.message}`, { cause });
    this.diagnostic = diagnostic;
  }
}

/** The data folder cannot be written; nothing more can land. */
export class StorageFailure extends Error {
  override readonly name = "StorageFailure";
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic, cause?: unknown) {
    super(`${diagnostic.path} ${diagnostic.message}`, { cause });
    this.diagnostic = diagnostic;
  }
}

const storageComplaints: readonly (readonly [RegExp, string, string])[] = [
  [/ENOSPC|EDQUOT|No space left|quota exceeded/i, "the disk is full", "Free some space"],
  [/EROFS|Read-only file system/i, "the file system is read-only", "Mount it for writing"],
  [/EACCES|EPERM|Permission denied|not permitted/i, "permission is denied", "Make the folder your own and writable"],
  [/ENOTDIR|EEXIST|Not a directory/i, "a file stands where a folder is needed", "Move that file away"],
];

/** Does what writes into the data folder; a disk that is full, read-only or forbidden becomes a StorageFailure. */
export async function storing<T>(dataDir: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    const complaint = storageComplaints.find(([pattern]) => pattern.test(text));
    if (complaint === undefined || error instanceof UnreadableFile) throw error;
    const [, reason, remedy] = complaint;
    const hint =
      `${remedy}, or set DATA_DIR to another folder, and run the same command again: ` +
      "what has landed is kept, and no file landed in part.";
    throw new StorageFailure({ path: dataDir, message: `cannot be written: ${reason}`, hint }, error);
  }
}

/** What keeps a file from being read, told without the file's contents. */
export function unreadable(path: string, error: unknown): UnreadableFile {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = error instanceof Error ? error.message : "";
  if (code === "ENOENT") return new UnreadableFile({ path, message: "does not exist", hint: "Check the path." }, error);
  if (code === "EACCES" || code === "EPERM") {
    return new UnreadableFile(
      { path, message: "cannot be opened: permission is denied", hint: "Make it readable." },
      error,
    );
  }
  const isCut = code === "Z_BUF_ERROR" || /end of file|not enough bytes|central directory/i.test(text);
  const message = isCut ? "is cut short: its end is missing" : "is damaged and cannot be read";
  return new UnreadableFile({ path, message, hint: getAFreshCopy }, error);
}
