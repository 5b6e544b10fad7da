import type { Diagnostic } from "../diagnostics.ts";
import { getAFreshCopy, getAnExport } from "./remedies.ts";

/** One file cannot be read; the others can still land. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic, cause?: unknown) {
    super(`${diagnostic.path} ${diagnostic.message}`, { cause });
    this.diagnostic = diagnostic;
  }
}

/** A file was written to while it was read. */
export class FileChanged extends Error {
  override readonly name = "FileChanged";
}

const noSuchFile = { message: "does not exist", hint: `Check the path. ${getAnExport}` };
const notAllowed = { message: "cannot be opened: permission is denied", hint: "Make it readable for this user." };
const cutShort = { message: "is cut short: its end is missing", hint: getAFreshCopy };
const troubles = new Map([
  ["ENOENT", noSuchFile],
  ["ENOTDIR", noSuchFile],
  ["EACCES", notAllowed],
  ["EPERM", notAllowed],
  ["Z_BUF_ERROR", cutShort],
]);

/** What keeps a file from being read, told without the file's contents. */
export function unreadable(path: string, error: unknown): UnreadableFile {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const trouble = troubles.get(code) ?? (code === "" || code.startsWith("Z_") ? damage(error) : systemError(code));
  return new UnreadableFile({ path, ...trouble }, error);
}

/** The zip reader's errors carry no code. */
function damage(error: unknown): Pick<Diagnostic, "message" | "hint"> {
  if (error instanceof FileChanged) {
    return {
      message: "changed while it was read",
      hint: "Wait until it is copied or downloaded whole, then run again.",
    };
  }
  const text = error instanceof Error ? error.message : "";
  if (/end of central directory/i.test(text)) {
    return { message: "is no whole zip archive: its table of contents is missing", hint: getAFreshCopy };
  }
  if (/EOF|not enough bytes|overflows file bounds/i.test(text)) return cutShort;
  return { message: "is damaged and cannot be read", hint: getAFreshCopy };
}

function systemError(code: string): Pick<Diagnostic, "message" | "hint"> {
  return { message: `cannot be read (${code})`, hint: "Copy it to another disk and try again." };
}
