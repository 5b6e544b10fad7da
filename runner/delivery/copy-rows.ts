import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { from as copyFrom } from "pg-copy-streams";

import type { Postgres } from "./postgres-connection.ts";

/** Streams CSV into Postgres by a COPY statement; gives how many rows it took. */
export async function copyRows(texts: AsyncIterable<Buffer>, copy: string, postgres: Postgres): Promise<number> {
  const taken = postgres.client.query(copyFrom(copy));
  await pipeline(Readable.from(texts, { objectMode: true, highWaterMark: 4 }), taken);
  return taken.rowCount;
}
