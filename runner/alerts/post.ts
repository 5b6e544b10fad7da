import { withTimeout } from "./with-timeout.ts";

interface Body {
  readonly type: string;
  readonly text: string;
  readonly timeoutMs: number;
}

/** Posts a body and waits for a 2xx; an Error says why there was none, without the address, which may be a secret. */
export async function post(url: URL, body: Body): Promise<void> {
  const status = await withTimeout(request(url, body), body.timeoutMs);
  if (status < 200 || status > 299) throw new Error(`${url.host} answers ${status}`);
}

async function request(url: URL, { type, text, timeoutMs }: Body): Promise<number> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": type },
      body: text,
      redirect: "manual",
      // A timer of its own ends the request too, not only the wait for it.
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new Error(`${url.host} cannot be reached: ${reasonOf(error, timeoutMs)}`, { cause: error });
  }
}

/** The system's own word, e.g. ECONNREFUSED: fetch hides it in the cause. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return error.message;
}
