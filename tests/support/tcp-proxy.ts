import { connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a client and a server on this machine and lets bytes pass, up to a point. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes that clients have sent. */
  readonly sent: () => number;
  readonly close: () => Promise<void>;
}

export interface TcpProxyOptions {
  readonly to: number;
  /** How many bytes of the clients pass before `onReached`; all of them when left out. */
  readonly after?: number;
  /** Runs once before the next byte passes; `stop` cuts the connection, `hold` lets nothing pass any more. */
  readonly onReached?: () => Promise<"pass" | "stop" | "hold">;
}

/** A real proxy on a free port of this machine. */
export async function startTcpProxy({ to, after = Infinity, onReached }: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let sent = 0;
  let verdict: "pass" | "stop" | "hold" | null = null;
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on("data", (chunk) => void (verdict === "hold" || client.write(chunk)));
    const forward = async (): Promise<void> => {
      for await (const chunk of client) {
        if (!Buffer.isBuffer(chunk)) continue;
        const early = verdict === null && sent + chunk.length > after ? chunk.subarray(0, after - sent) : null;
        if (early !== null) {
          if (early.length > 0) upstream.write(early);
          verdict = (await onReached?.()) ?? "pass";
        }
        if (verdict === "stop") return void client.destroy();
        if (verdict === "hold") continue;
        upstream.write(chunk.subarray(early?.length ?? 0));
        sent += chunk.length;
      }
    };
    forward().catch(() => client.destroy());
  });
  return { port: await listen(server), sent: () => sent, close: () => close(server, sockets) };
}

async function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
