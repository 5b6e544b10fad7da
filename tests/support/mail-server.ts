import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";

import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail as the server took it: the envelope and what stood in it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: Email;
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  readonly taken: TakenMail[];
}

/** A real SMTP server on 127.0.0.1; it asks for this user and password when they are given. */
export async function startMailServer(
  context: Pick<TestContext, "after">,
  login?: { readonly user: string; readonly password: string },
): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _session, done) => {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(new Error(`wrong password ${password ?? ""}`));
    },
    onData: (stream, { envelope: { mailFrom, rcptTo } }, done) => {
      void buffer(stream).then(async (bytes) => {
        const from = mailFrom === false ? "" : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        taken.push({ from, to, mail: await PostalMime.parse(bytes), raw: bytes.toString() });
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: portOf(server.server), taken };
}

/** A server that takes connections and never says a word. */
export async function startMuteServer(context: Pick<TestContext, "after">): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return portOf(server);
}

/** A port on which nobody listens any more. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function portOf(server: Pick<Server, "address">): number {
  const address: AddressInfo | string | null = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  return address.port;
}
