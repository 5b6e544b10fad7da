import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";

import type { DuckDBConnection, DuckDBInstance as Instance } from "@duckdb/node-api";

import type { Cell, Row } from "./cells.ts";

export type { Cell, Row } from "./cells.ts";

/** The library as one file, beside the bundle; not defined where the sources are run as they are. */
declare const DUCKDB_LIBRARY: string | undefined;

const library = typeof DUCKDB_LIBRARY === "string" ? DUCKDB_LIBRARY : "@duckdb/node-api";
// Required, not imported: module hooks on other threads make an import of this package three times as slow.
const { DuckDBBlobValue, DuckDBInstance }: typeof import("@duckdb/node-api") = createRequire(import.meta.url)(library);

export interface DuckDBOptions {
  /** Database file; in memory when left out. */
  readonly path?: string;
  readonly readOnly?: boolean;
  /** As DuckDB writes it, e.g. "4GB"; DuckDB's own default (80 % of memory) when left out. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  /** Where DuckDB spills; made when missing. */
  readonly tempDirectory?: string | undefined;
}

/** One connection; statements on it run one after the other. */
export class Connection {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  async query(sql: string): Promise<readonly Row[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowObjectsJS().map((row) => Object.fromEntries(Object.entries(row).map(toCell)));
  }

  /** The bytes of a query's only column, of type BLOB and without nulls. */
  async blobs(sql: string): Promise<readonly Buffer[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    const blobs = reader.getColumns()[0] ?? [];
    return blobs.flatMap((blob) => (blob instanceof DuckDBBlobValue ? bufferOf(blob.bytes) : []));
  }

  /** Rows some thousand at a time, as DuckDB makes them, by column; values as the driver gives them. */
  async *chunks(sql: string): AsyncGenerator<readonly (readonly unknown[])[]> {
    const result = await this.#connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getColumns();
    }
  }

  /** Ends the statement that runs now, with an error; the next one runs as usual. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
  }
}

export class Database {
  readonly #instance: Instance;
  readonly #open: Connection[] = [];

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  async connect(): Promise<Connection> {
    const connection = new Connection(await this.#instance.connect());
    this.#open.push(connection);
    // Not possible among the settings of the instance: icu, which owns it, is loaded after them.
    await connection.run("set TimeZone = 'UTC'");
    return connection;
  }

  close(): void {
    for (const connection of this.#open) connection.close();
    this.#instance.closeSync();
  }
}

/** Opens DuckDB with the settings every part of the project shares and closes it afterwards, whatever happens. */
export async function withDuckDB<T>(options: DuckDBOptions, use: (database: Database) => Promise<T>): Promise<T> {
  if (options.tempDirectory !== undefined) await mkdir(options.tempDirectory, { recursive: true, mode: 0o700 });
  const database = new Database(await DuckDBInstance.create(options.path ?? ":memory:", settings(options)));
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

function settings(options: DuckDBOptions): Record<string, string> {
  return {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(options.readOnly === true && { access_mode: "READ_ONLY" }),
    ...(options.memoryLimit !== undefined && { memory_limit: options.memoryLimit }),
    ...(options.threads !== undefined && { threads: String(options.threads) }),
    ...(options.tempDirectory !== undefined && { temp_directory: options.tempDirectory }),
  };
}

/** The same bytes, not copied. */
function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function toCell([name, value]: readonly [string, unknown]): [string, Cell] {
  return [name, cell(value)];
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(cell);
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(toCell));
  }
  return JSON.stringify(value);
}
