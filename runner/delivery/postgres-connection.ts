import { Socket } from "node:net";

import { Client } from "pg";
import type * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { explainPostgresError, type PostgresPlace } from "./postgres-errors.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; what is left out comes from PGPASSWORD, PGPASSFILE and the like. */
  readonly url: string;
  /** How long the network may stand still before the connection is given up. */
  readonly stallSeconds: number;
  /** Undoes the transaction when it fires before the commit is asked for. */
  readonly signal?: AbortSignal | undefined;
}

/** One session of Postgres in one transaction; every error it gives names the server and the table at work. */
export class Postgres {
  readonly client: Client;
  /** What the server remarked, such as what `cascade` dropped. */
  readonly notices: string[] = [];
  /** The table at work, for messages. */
  table: string | undefined;

  constructor(client: Client) {
    this.client = client;
    client.on("notice", ({ message, detail }) => this.notices.push([message, detail].filter(Boolean).join("\n")));
  }

  /** Gives how many rows the statement changed. */
  async run(sql: string, values: readonly unknown[] = []): Promise<number> {
    const { rowCount } = await this.client.query(sql, [...values]);
    return rowCount ?? 0;
  }

  async rows<Schema extends z.ZodType>(
    schema: Schema,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<z.infer<Schema>[]> {
    const { rows } = await this.client.query<Record<string, unknown>>(sql, [...values]);
    return rows.map((row) => schema.parse(row));
  }
}

const settings = [
  "set datestyle to 'ISO, YMD'",
  "set intervalstyle to 'postgres'",
  "set timezone to 'UTC'",
  // A machine that vanished must not hold its locks for long.
  "set idle_in_transaction_session_timeout to '5min'",
  "set tcp_keepalives_idle to 30",
  "set tcp_keepalives_interval to 10",
  "set tcp_keepalives_count to 3",
].join("; ");

/** Runs `use` in one transaction, committed when it succeeds; otherwise the connection is cut, which undoes everything. */
export async function inTransaction<T>(options: PostgresOptions, use: (postgres: Postgres) => Promise<T>): Promise<T> {
  const socket = new Socket();
  const client = createClient(options.url, socket);
  const place: { server: string; table?: string | undefined } = { server: serverName(client) };
  // Every query that is under way hears of it too.
  client.on("error", () => {});
  const postgres = new Postgres(client);
  const { signal } = options;
  const cut = (): void => void socket.destroy();
  let isStalled = false;
  socket.setTimeout(options.stallSeconds * 1000, () => {
    isStalled = true;
    socket.destroy();
  });
  signal?.addEventListener("abort", cut);
  try {
    signal?.throwIfAborted();
    await client.connect();
    await client.query(settings);
    await client.query("begin isolation level read committed read write");
    const result = await use(postgres);
    signal?.removeEventListener("abort", cut);
    await client.query("commit");
    socket.setTimeout(0);
    await client.end();
    return result;
  } catch (error) {
    signal?.throwIfAborted();
    place.table = postgres.table;
    throw isStalled ? stalled(place, options.stallSeconds, error) : explainPostgresError(error, place);
  } finally {
    signal?.removeEventListener("abort", cut);
    socket.destroy();
  }
}

function createClient(url: string, socket: Socket): Client {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error("another protocol");
    return new Client({
      connectionString: url,
      application_name: "tonearm export",
      connectionTimeoutMillis: 15_000,
      keepAlive: true,
      stream: () => socket,
    });
  } catch {
    // The URL holds a password, and so may the error: neither is shown or kept.
    const hint =
      "Write postgres://user:password@host:port/database; characters such as @ : / # % in a password are written as %40 %3A %2F %23 %25.";
    throw new ProjectError([{ path: "POSTGRES_URL", message: "cannot be read as an address of Postgres", hint }], 1);
  }
}

/** The server and database of an address as `user@host:port/database`, with what the environment adds and without the password. */
export function describeServer(url: string): string {
  return serverName(createClient(url, new Socket()));
}

function serverName({ user, host, port, database }: Client): string {
  return `${user ?? ""}@${host}:${port}/${database ?? ""}`;
}

function stalled({ server, table }: PostgresPlace, seconds: number, cause: unknown): ProjectError {
  const message = `nothing came back for ${seconds} s${table === undefined ? "" : ` (at ${table})`}`;
  const hint = "The network or the server stands still. What stands there is whole: run npm run export again.";
  return new ProjectError([{ path: `Postgres ${server}:`, message, hint }], 1, { cause });
}
