import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

export interface HttpReceiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  status: number;
}

/** A real HTTP server on 127.0.0.1 that keeps what it is sent. */
export async function startReceiver(context: Pick<TestContext, "after">): Promise<HttpReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = "", url: path = "", headers } = request;
      received.push({ method, path, type: headers["content-type"] ?? "", body });
      response.writeHead(receiver.status).end("said\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const receiver: HttpReceiver = { url: `http://127.0.0.1:${port}`, received, status: 200 };
  return receiver;
}
