import { createServer, type IncomingMessage } from "node:http";

/** An answer of a server: as JSON unless it is a text, then as a page; `null` never comes. */
export interface RecordedAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly cookie?: string;
}

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface RecordedSuperset {
  readonly url: string;
  readonly requests: RecordedRequest[];
  readonly stop: () => Promise<void>;
}

/** What a Superset 6.1 answers to a login that succeeds. */
export const loginAnswers: Readonly<Record<string, RecordedAnswer>> = {
  "POST /api/v1/security/login": { body: { access_token: "token-1", refresh_token: "token-2" } },
  "GET /api/v1/security/csrf_token/": { body: { result: "csrf-1" }, cookie: "session=cookie-1; HttpOnly; Path=/" },
};

/** A real server that gives recorded answers by method and path, which may change meanwhile; anything else is the 404 of Superset's API. */
export async function startRecordedSuperset(
  answers: Readonly<Record<string, RecordedAnswer | null>>,
): Promise<RecordedSuperset> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString("latin1") });
      const key = `${method} ${url.replace(/\?.*$/, "")}`;
      const answer = key in answers ? answers[key] : { status: 404, body: { message: "Not found" } };
      if (answer === undefined || answer === null) return;
      const isPage = typeof answer.body === "string";
      response.writeHead(answer.status ?? 200, {
        "Content-Type": isPage ? "text/html; charset=utf-8" : "application/json",
        ...(answer.cookie !== undefined && { "Set-Cookie": answer.cookie }),
      });
      response.end(isPage ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
