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
