import assert from "node:assert/strict";
import { join } from "node:path";

import { Client } from "pg";

import { ProjectError } from "../../runner/diagnostics.ts";
import { prng } from "../../runner/prng.ts";
import { publishGold } from "./gold-release.ts";
import { exportOf } from "./postgres-export.ts";
import { query } from "./postgres.ts";
import { startTcpProxy, type TcpProxyOptions } from "./tcp-proxy.ts";

/** Two lives that take turns in one database; each says everywhere which it is, and one has a column more. */
export interface Lives {
  readonly odd: string;
  readonly even: string;
}
type Life = keyof Lives;
const rows = 4000;

/** Publishes both lives below a folder; gives their data folders. */
export async function publishLives(folder: string): Promise<Lives> {
  const lives = { odd: join(folder, "odd"), even: join(folder, "even") };
  for (const life of ["odd", "even"] as const) {
    const content = `'${life}' as content, range as row_number from range(${rows})`;
    await publishGold(
      lives[life],
      `run-${life}`,
      `create table gold.first_half as select ${content}`,
      `create table gold.second_half as select ${content}`,
      `create table gold.third_half as select ${life === "odd" ? "1 as oddity, " : ""}${content}`,
      `create table gold.only_${life} as select '${life}' as content`,
      `create table meta.runs as select '${life}' as content`,
    );
  }
  return lives;
}

const halves = ["first", "second", "third"].map(
  (name) => `select content, count(*)::int as rows from gold.${name}_half group by content`,
);
/** What a reader sees of a life. */
export const look = `select
  (select json_agg(found) from (${halves.join(" union all ")}) as found) as halves,
  (select json_agg(distinct run_id) from meta.exports) as runs,
  (select json_agg(content) from meta.runs) as meta`;

/** Which life a database shows; an error when it shows a bit of both, or not all of one. */
export function lifeSeen([seen]: readonly Record<string, unknown>[]): unknown {
  const life = Array.isArray(seen?.["meta"]) ? String(seen["meta"][0]) : "none";
  const half = { content: life, rows };
  assert.deepEqual(seen, { halves: [half, half, half], runs: [`run-${life}`], meta: [life] });
  return life;
}

async function tablesIn(url: string): Promise<unknown> {
  const found = await query(
    url,
    "select table_name || ':' || string_agg(column_name, ',' order by column_name) as table from information_schema.columns where table_schema in ('gold', 'meta') group by table_name order by 1",
  );
  return found.map(({ table }) => table);
}

const throughPort = (url: string, port: number): string => url.replace(/:\d+\//, `:${port}/`);

/** Runs something against a database through a proxy that can cut, hold or count. */
export async function throughProxy<T>(
  url: string,
  options: Omit<TcpProxyOptions, "to">,
  use: (url: string, sent: () => number) => Promise<T>,
): Promise<T> {
  const proxy = await startTcpProxy({ to: Number(new URL(url).port), ...options });
  try {
    return await use(throughPort(url, proxy.port), proxy.sent);
  } finally {
    await proxy.close();
  }
}

/** Ends every backend of an export. */
export async function killExports(url: string): Promise<"pass"> {
  const kill =
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'tonearm export'";
  await query(url, kill);
  return "pass";
}

/** Reads on and on until told to stop; gives how often it saw each life. */
function startReader(url: string, sql: string): { readonly stop: () => Promise<ReadonlySet<unknown>> } {
  const stopping = new AbortController();
  const read = async (): Promise<ReadonlySet<unknown>> => {
    const client = new Client(url);
    await client.connect();
    const seen = new Set<unknown>();
    try {
      while (!stopping.signal.aborted) seen.add(lifeSeen((await client.query<Record<string, unknown>>(sql)).rows));
    } finally {
      await client.end();
    }
    return seen;
  };
  const reading = read();
  // Its failure is heard of when the test asks.
  reading.catch(() => {});
  return {
    stop() {
      stopping.abort();
      return reading;
    },
  };
}

/**
 * Exports the two lives in turn, each time killing the backend when so many bytes have been sent; after each kill the target must be
 * as it was, and the next export complete, while a reader looks on. Gives how many were killed before their end.
 */
export async function killAtMoments(
  url: string,
  lives: Lives,
  moments: number,
): Promise<{ readonly failed: number; readonly done: number }> {
  await exportOf(lives.even, url);
  const bytes = await throughProxy(url, {}, async (through, sent) => {
    await exportOf(lives.odd, through);
    return sent();
  });
  await exportOf(lives.even, url);
  const chance = prng("moments of a kill");
  const spread = Math.floor(moments * 0.8);
  const whole: Partial<Record<Life, unknown>> = { even: await tablesIn(url) };
  const reader = startReader(url, look);
  const outcomes = { failed: 0, done: 0 };
  for (let moment = 0; moment < moments; moment++) {
    const [showing, next] = moment % 2 === 0 ? (["even", "odd"] as const) : (["odd", "even"] as const);
    // Spread over the whole of it, and some at the very end, where the commit is.
    const isLate = moment >= spread;
    const at = isLate ? bytes - chance.integer(0, 400) : Math.floor(((moment + chance.uniform()) / spread) * bytes);
    const outcome = await throughProxy(url, { after: at, onReached: () => killExports(url) }, (through) =>
      exportOf(lives[next], through).then(
        () => "done" as const,
        (error: unknown) => error,
      ),
    );
    const seen = lifeSeen(await query(url, look));
    outcomes[outcome === "done" ? "done" : "failed"]++;
    if (outcome === "done") assert.equal(seen, next);
    else {
      assert.ok(outcome instanceof ProjectError, String(outcome));
      assert.match(outcome.message, /^Postgres tonearm@127\.0\.0\.1:\d+\/test_\d+: the connection broke/);
      // The answer to a commit may be lost on its way.
      assert.ok(seen === showing || at > bytes - 400);
    }
    await exportOf(lives[next], url, { waitSeconds: 60 });
    assert.equal(lifeSeen(await query(url, look)), next);
    whole[next] ??= await tablesIn(url);
    assert.deepEqual(await tablesIn(url), whole[next]);
  }
  assert.deepEqual(await reader.stop(), new Set(["even", "odd"]));
  return outcomes;
}
