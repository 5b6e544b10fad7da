import { ProjectError } from "../diagnostics.ts";

const troubles = {
  ENOSPC: {
    text: "No space left on device",
    message: "the disk is full",
    hint: "Free some space, or move the data folder to another disk (DATA_DIR). The published warehouse is untouched.",
  },
  EDQUOT: {
    text: "Disk quota exceeded",
    message: "this user's disk quota is used up",
    hint: "Free some space, or move the data folder to another disk (DATA_DIR). The published warehouse is untouched.",
  },
  EROFS: {
    text: "Read-only file system",
    message: "the file system is read-only",
    hint: "Mount it writable, or move the data folder (DATA_DIR).",
  },
  ENOTDIR: {
    text: "Not a directory",
    message: "a file stands where a folder should be",
    hint: "Move the file away, or name another folder (DATA_DIR).",
  },
  EACCES: {
    text: "Permission denied",
    message: "this user has no permission to read or write here",
    hint: "Give the data folder to the user who runs tonearm (chown, chmod u+rwX), or move it (DATA_DIR).",
  },
  EPERM: {
    text: "Operation not permitted",
    message: "the file system refuses this operation",
    hint: "The data folder must lie on a local file system that this user may write to (ext4, xfs, btrfs, APFS; exFAT too; not a Windows drive under WSL): move it (DATA_DIR).",
  },
} as const;

/** What the user can mend (disk full, read-only, no permission) as a ProjectError naming the path and the remedy; any other error unchanged. */
export function toStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof ProjectError) return error;
  const code = "code" in error ? error.code : undefined;
  const found = Object.entries(troubles).find(
    // DuckDB gives no code, only the system's sentence at the end of its own.
    ([name, { text }]) => name === code || (code === undefined && error.message.includes(text)),
  );
  if (found === undefined) return error;
  const [, { message, hint }] = found;
  const failure = new ProjectError([{ path: pathOf(error) ?? path, message, hint }], 1);
  failure.cause = error;
  return failure;
}

/** Runs what reads and writes below a path; disk troubles arrive as a ProjectError. */
export async function withStorageErrors<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    throw toStorageError(error, path);
  }
}

function pathOf(error: Error): string | undefined {
  // Of a copy, a link or a rename it is the destination that cannot be written.
  if ("dest" in error && typeof error.dest === "string") return error.dest;
  if ("path" in error && typeof error.path === "string") return error.path;
  return /file "([^"]+)"/.exec(error.message)?.[1];
}
