import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { ProjectError } from "../diagnostics.ts";
import { type HealthReport, lateStages } from "./health.ts";

export interface HealthServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly now: () => Date;
  readonly read: () => Promise<HealthReport>;
}

export interface HealthServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

type Page = (options: HealthServerOptions) => Promise<Answer>;

const pages = {
  /** The process is alive. */
  "/healthz": () => Promise.resolve({ status: 200, text: "ok\n" }),
  /** What it is there for goes on. */
  "/readyz": async ({ read, now }) => {
    const late = lateStages(await read(), now());
    return late.length === 0 ? { status: 200, text: "ready\n" } : { status: 503, text: `${late.join("\n")}\n` };
  },
  "/metrics": async ({ read }) => {
    // Imported here: nobody may ever ask.
    const { metricsType, renderMetrics } = await import("./render-metrics.ts");
    return { status: 200, text: await renderMetrics(await read()), type: metricsType };
  },
} satisfies Record<string, Page>;

/** Serves /healthz, /readyz and /metrics on 127.0.0.1 until it is closed; nothing there changes anything. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => void respond(request, response, options));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(explain(error, options.port)));
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: HealthServerOptions,
): Promise<void> {
  const { status, text, type = "text/plain; charset=utf-8" } = await answer(request, options);
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

async function answer({ method, url = "/" }: IncomingMessage, options: HealthServerOptions): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return { status: 405, text: "only GET and HEAD\n" };
  const path = url.split("?")[0] ?? "/";
  const page = Object.entries<Page>(pages).find(([name]) => name === path)?.[1];
  if (page === undefined) return { status: 404, text: `${Object.keys(pages).join("\n")}\n` };
  try {
    return await page(options);
  } catch {
    // What is wrong stands in the log and in status; a page for machines tells no paths.
    return { status: 500, text: "the state cannot be read: npm run status\n" };
  }
}

function explain(error: Error, port: number): Error {
  const code = "code" in error ? error.code : undefined;
  const path = "project.yml, health.port";
  if (code === "EADDRINUSE") {
    const message = `port ${port} of 127.0.0.1 is taken`;
    return new ProjectError([{ path, message, hint: "Name another port, or null for none." }], 1, { cause: error });
  }
  if (code === "EACCES") {
    const message = `this user may not listen on port ${port}`;
    return new ProjectError([{ path, message, hint: "Name one above 1023." }], 1, { cause: error });
  }
  return error;
}
