import * as z from "zod";

import { ProjectError } from "../../diagnostics.ts";
import type { SupersetAnswer } from "./superset-client.ts";

interface Asked {
  readonly server: string;
  /** What was to be done: `log in`, `import the dashboards`. */
  readonly what: string;
}

const logOfServer = "The cause stands in Superset's own log.";

/** By the codes of the network. */
const unreachable: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ["nobody answers there", "Is Superset running, and is --url (or SUPERSET_URL) its address?"],
  ENOTFOUND: ["the host's name is not known", "Mend the host in --url or SUPERSET_URL."],
  EAI_AGAIN: ["the host's name is not known", "Mend the host in --url or SUPERSET_URL."],
  ECONNRESET: ["the connection broke", "Superset may still be starting, or was stopped: try again."],
  UND_ERR_SOCKET: ["the connection broke", "Superset may still be starting, or was stopped: try again."],
};

/** Why there was no answer, with the remedy. */
export function explainNoAnswer(
  error: unknown,
  { server, what, timeoutSeconds }: Asked & { readonly timeoutSeconds: number },
): ProjectError {
  if (error instanceof Error && error.name === "TimeoutError") {
    const message = `gave no answer within ${timeoutSeconds} s when asked to ${what}`;
    const hint = "A Superset that has just started takes a minute; --timeout waits longer.";
    return supersetError(server, { message, hint, cause: error });
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  const known = unreachable[code];
  const reason = cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
  const [message, hint] = known ?? [`cannot be reached: ${reason}`, "Mend --url or SUPERSET_URL."];
  return supersetError(server, { message, hint, cause: error });
}

/** What an answer that was not hoped for means. */
export function explainAnswer(
  answer: SupersetAnswer,
  { server, what, username }: Asked & { readonly username: string },
): ProjectError {
  const { status } = answer;
  if (typeof answer.body === "string" || status === 404) {
    const page = typeof answer.body === "string" ? "with a web page" : "as nothing it knows";
    const message = `answers ${page} (${status}) when asked to ${what}`;
    const hint = "Is --url the address of Superset itself, without a path, and no other page or login before it?";
    return supersetError(server, { message, hint });
  }
  if (status === 401) {
    const message = `refuses the login of '${username}'`;
    return supersetError(server, { message, hint: "Mend SUPERSET_USERNAME and SUPERSET_PASSWORD." });
  }
  if (status === 403) {
    const message = `does not let '${username}' ${what}`;
    return supersetError(server, { message, hint: "Use an account with the role Admin." });
  }
  const said = wordsOf(answer.body);
  const message = `could not ${what} (${status})${said === "" ? "" : `: ${said}`}`;
  return supersetError(server, { message, hint: logOfServer });
}

/** The words of an error that Superset sends as JSON. */
export function wordsOf(body: unknown): string {
  const known = z.object({
    message: z.unknown().optional(),
    errors: z.array(z.object({ message: z.string(), extra: z.unknown().optional() })).optional(),
  });
  const parsed = known.safeParse(body);
  if (!parsed.success) return "";
  const { message, errors } = parsed.data;
  const said = errors?.map((error) => [error.message, detailOf(error.extra)].filter(Boolean).join(" ")) ?? [];
  if (said.length > 0) return said.join("; ");
  if (message === undefined) return "";
  return typeof message === "string" ? message : JSON.stringify(message);
}

/** Which files of a bundle were refused, and why. */
function detailOf(extra: unknown): string {
  if (typeof extra !== "object" || extra === null) return "";
  const files = Object.entries(extra).filter(([name]) => name.endsWith(".yaml"));
  return files.map(([name, reason]) => `${name}: ${JSON.stringify(reason)}`).join("; ");
}

/** An error of a Superset (exit code 1). */
export function supersetError(
  server: string,
  { message, hint, cause }: { readonly message: string; readonly hint: string; readonly cause?: unknown },
): ProjectError {
  return new ProjectError([{ path: `Superset ${server}:`, message, hint }], 1, { cause });
}
