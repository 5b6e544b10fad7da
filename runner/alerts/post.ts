import { request as requestPlainly } from "node:http";
import { request as requestSecurely } from "node:https";

interface Body {
  readonly type: string;
  readonly text: string;
  readonly timeoutMs: number;
}

/** Posts a body and waits for a 2xx; an Error says why there was none, without the address, which may be a secret. */
export async function post(url: URL, body: Body): Promise<void> {
  const status = await send(url, body).catch((error: unknown) => {
    throw new Error(`${url.host} cannot be reached: ${reasonOf(error, body.timeoutMs)}`, { cause: error });
  });
  if (status < 200 || status > 299) throw new Error(`${url.host} answers ${status}`);
}

/** By Node's own client: fetch would cost a scheduler that runs for months 18 MB of memory. */
async function send(url: URL, { type, text, timeoutMs }: Body): Promise<number> {
  const request = url.protocol === "https:" ? requestSecurely : requestPlainly;
  return new Promise((resolve, reject) => {
    const headers = { "content-type": type, "content-length": Buffer.byteLength(text), connection: "close" };
    // For all of it: a server that sends a byte now and then is given up too.
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(url, { method: "POST", headers, signal }, (response) => {
      response.on("error", reject);
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

/** The system's own word, e.g. ECONNREFUSED. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError" || error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
