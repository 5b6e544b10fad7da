import { CancelledError } from "../cancellation.ts";
import { ProjectError } from "../diagnostics.ts";
import type { ErrorKind, StageError } from "../execution/journal-events.ts";
import { BucketClosedError, LoginNeededError, RefusedError, UnreachableError } from "../spotify/spotify-errors.ts";
import { LockTakenError } from "../warehouse/locks.ts";

/** By the codes of Node, of the network and of Postgres. */
const kindsOfCodes: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(ENOSPC|EDQUOT|EROFS|53100)$/, "disk"],
  [/^(ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ERR_STREAM_\w+)$/, "network"],
  [/^(08\w{3}|57P0[0-3]|53[23]00|25P03)$/, "server"],
  [/^(55P03|40001|40P01)$/, "lock"],
  [/^(28\w{3}|3D000|42501|25006)$/, "project"],
];

/** By our own words, where nothing has a code. */
const kindsOfTexts: readonly (readonly [RegExp, ErrorKind])[] = [
  [/No space left on device/, "disk"],
  [/nobody answers there|the connection broke|gave no answer within/, "network"],
  [/^Superset .*\(5\d\d\)/, "server"],
  [/another export into this database/, "lock"],
];

/** What an error of a stage means for what follows, in one line without a row and without a secret. */
export function toStageError(error: unknown): StageError {
  const retryAt = error instanceof BucketClosedError ? error.retryAt.toISOString() : null;
  return { kind: kindOf(error), message: lineOf(error), retryAt };
}

function kindOf(error: unknown): ErrorKind {
  if (error instanceof CancelledError) return "stopped";
  if (error instanceof BucketClosedError) return "rate_limit";
  if (error instanceof LoginNeededError) return "login";
  if (error instanceof LockTakenError) return "lock";
  if (error instanceof UnreachableError) return / answered 5\d\d/.test(error.message) ? "server" : "network";
  if (error instanceof RefusedError)
    return error.status === 429 ? "rate_limit" : error.status >= 500 ? "server" : "data";
  const known = firstKind(codesOf(error), kindsOfCodes) ?? firstKind(textsOf(error), kindsOfTexts);
  if (known !== undefined) return known;
  if (!(error instanceof ProjectError)) return "bug";
  return error.exitCode === 2 ? "project" : "data";
}

function firstKind(signs: readonly string[], kinds: typeof kindsOfCodes): ErrorKind | undefined {
  return signs.flatMap((sign) => kinds.find(([pattern]) => pattern.test(sign))?.[1] ?? [])[0];
}

function lineOf(error: unknown): string {
  if (error instanceof CancelledError) return error.message;
  if (error instanceof ProjectError) {
    const [first, ...others] = error.diagnostics;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    if (first === undefined) return "it failed";
    const place = [first.path, first.line, first.column].filter((part) => part !== undefined).join(":");
    return `${place} ${firstLine(first.message)}${more}`;
  }
  // Of an error nobody thought of, what stands in quotes may be a row.
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return firstLine(text).replaceAll(/'[^']*'|"[^"]*"/g, "'…'");
}

function codesOf(error: unknown): readonly string[] {
  return causesOf(error).flatMap((cause) => ("code" in cause && typeof cause.code === "string" ? [cause.code] : []));
}

function textsOf(error: unknown): readonly string[] {
  return causesOf(error).map(({ message }) => message);
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
