import * as z from "zod";

import { ProjectError } from "../../diagnostics.ts";
import { explainAnswer, explainNoAnswer } from "./superset-errors.ts";

export interface SupersetLogin {
  /** Address of the server, without a path of Superset's own. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** How long an answer may take. */
  readonly timeoutSeconds: number;
}

/** What is sent, and what for: the words stand in messages. */
export interface SupersetRequest {
  readonly method?: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly what: string;
  readonly body?: FormData | Readonly<Record<string, unknown>>;
}

export interface SupersetAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A login at a Superset. */
export interface SupersetSession {
  /** The answer as the schema has it; another one is an error that says what was asked for. */
  readonly ask: <Schema extends z.ZodType>(schema: Schema, request: SupersetRequest) => Promise<z.infer<Schema>>;
  /** The answer whatever its status; only no answer, or one that is not JSON, is an error. */
  readonly send: (request: SupersetRequest) => Promise<SupersetAnswer>;
}

const tokenAnswer = z.object({ access_token: z.string() });
const csrfAnswer = z.object({ result: z.string() });

/** Logs in: a token for the API, and a cookie with the token against forged requests, which changes ask for. */
export async function openSuperset(login: SupersetLogin): Promise<SupersetSession> {
  const headers: Record<string, string> = { Accept: "application/json", Referer: login.url };
  const send = async (request: SupersetRequest): Promise<SupersetAnswer> => {
    const { answer, cookie } = await sendTo(login, request, headers);
    if (cookie !== null) headers["Cookie"] = cookie;
    return answer;
  };
  const ask: SupersetSession["ask"] = async (schema, request) => {
    const answer = await send(request);
    const parsed = answer.status < 300 ? schema.safeParse(answer.body) : undefined;
    if (parsed?.success === true) return parsed.data;
    throw explainAnswer(answer, { server: login.url, username: login.username, what: request.what });
  };
  const { username, password } = login;
  const body = { username, password, provider: "db", refresh: true };
  const path = "/api/v1/security/login";
  const token = await ask(tokenAnswer, { method: "POST", path, what: "log in", body });
  headers["Authorization"] = `Bearer ${token.access_token}`;
  const csrf = await ask(csrfAnswer, { path: "/api/v1/security/csrf_token/", what: "prepare changes" });
  headers["X-CSRFToken"] = csrf.result;
  return { ask, send };
}

async function sendTo(
  { url, timeoutSeconds }: SupersetLogin,
  { method = "GET", path, what, body }: SupersetRequest,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly answer: SupersetAnswer; readonly cookie: string | null }> {
  const isForm = body instanceof FormData;
  const target = new URL(`${url.replace(/\/+$/, "")}${path}`);
  try {
    const response = await fetch(target, {
      method,
      headers: { ...headers, ...(body !== undefined && !isForm && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      // A page that asks to log in is no answer: it is told by what it is.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const cookie = response.headers.getSetCookie().map((line) => line.split(";", 1)[0] ?? "");
    const answer = { status: response.status, body: parseJson(await response.text()) };
    return { answer, cookie: cookie.length === 0 ? null : cookie.join("; ") };
  } catch (error) {
    if (error instanceof ProjectError) throw error;
    throw explainNoAnswer(error, { server: url, what, timeoutSeconds });
  }
}

/** The value, or the text itself where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
