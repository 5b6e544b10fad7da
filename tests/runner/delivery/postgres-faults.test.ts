import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { Client } from "pg";

import { prng } from "../../../runner/prng.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { publishGold } from "../../support/gold-release.ts";
import { exportOf } from "../../support/postgres-export.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { startTcpProxy, type TcpProxyOptions } from "../../support/tcp-proxy.ts";

let server: TestPostgres;
let folder = "";

/** Two lives that take turns in one database; each says everywhere which it is, and one has a column more. */
const lives = { odd: "", even: "" };
type Life = keyof typeof lives;
const rows = 4000;

before(async () => {
  server = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), "tonearm-faults-"));
  for (const life of ["odd", "even"] as const) {
    lives[life] = join(folder, life);
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
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const halves = ["first", "second", "third"].map(
  (name) => `select content, count(*)::int as rows from gold.${name}_half group by content`,
);
const look = `select
  (select json_agg(found) from (${halves.join(" union all ")}) as found) as halves,
  (select json_agg(distinct run_id) from meta.exports) as runs,
  (select json_agg(content) from meta.runs) as meta`;

/** Which life a database shows; an error when it shows a bit of both, or not all of one. */
function lifeSeen([seen]: readonly Record<string, unknown>[]): unknown {
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

async function throughProxy<T>(
  url: string,
  options: Omit<TcpProxyOptions, "to">,
  use: (url: string, sent: () => number) => Promise<T>,
): Promise<T> {
  const proxy = await startTcpProxy({ to: server.port, ...options });
  try {
    return await use(throughPort(url, proxy.port), proxy.sent);
  } finally {
    await proxy.close();
  }
}

async function killExports(): Promise<"pass"> {
  const kill =
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'tonearm export'";
  await query(server.url, kill);
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

describe("a backend that is killed", () => {
  const moments = 25;
  let url = "";
  let bytes = 0;

  before(async () => {
    url = await server.database();
    await exportOf(lives.even, url);
    bytes = await throughProxy(url, {}, async (through, sent) => {
      await exportOf(lives.odd, through);
      return sent();
    });
    await exportOf(lives.even, url);
  });

  test("at any moment leaves the target as it was, and the next export completes", async () => {
    const chance = prng("moments of a kill");
    const whole: Partial<Record<Life, unknown>> = { even: await tablesIn(url) };
    const reader = startReader(url, look);
    let showing: Life = "even";
    const outcomes = { failed: 0, done: 0 };
    for (let moment = 0; moment < moments; moment++) {
      const next: Life = showing === "even" ? "odd" : "even";
      // Spread over the whole of it, and some at the very end, where the commit is.
      const at = moment < 20 ? Math.floor(((moment + chance.uniform()) / 20) * bytes) : bytes - chance.integer(0, 400);
      const outcome = await throughProxy(url, { after: at, onReached: killExports }, (through) =>
        exportOf(lives[next], through).then(
          () => "done" as const,
          (error: unknown) => error,
        ),
      );
      const seen = lifeSeen(await query(url, look));
      if (outcome === "done") {
        outcomes.done++;
        assert.equal(seen, next);
      } else {
        outcomes.failed++;
        assert.ok(outcome instanceof ProjectError, String(outcome));
        assert.match(outcome.message, /^Postgres tonearm@127\.0\.0\.1:\d+\/test_\d+: the connection broke/);
        // The answer to a commit may be lost on its way.
        assert.ok(seen === showing || at > bytes - 400);
      }
      await exportOf(lives[next], url, { waitSeconds: 60 });
      assert.equal(lifeSeen(await query(url, look)), next);
      whole[next] ??= await tablesIn(url);
      assert.deepEqual(await tablesIn(url), whole[next]);
      showing = next;
    }
    assert.ok(outcomes.failed >= 20, JSON.stringify(outcomes));
    assert.deepEqual(await reader.stop(), new Set(["even", "odd"]));
  });
});

test("a first export that is killed leaves nothing, not even a schema", async () => {
  const url = await server.database();
  await throughProxy(url, { after: 60_000, onReached: killExports }, (through) =>
    assert.rejects(exportOf(lives.odd, through), /the connection broke/),
  );
  assert.deepEqual(await query(url, "select nspname from pg_namespace where nspname in ('gold', 'meta')"), []);
  assert.equal((await exportOf(lives.odd, url, { waitSeconds: 60 })).sent.length, 5);
});

test("a network that is cut, and one that stands still, are told apart; the target stays as it was", async () => {
  const url = await server.database();
  await exportOf(lives.even, url);
  const trouble = (verdict: "stop" | "hold"): Promise<unknown> =>
    throughProxy(url, { after: 50_000, onReached: () => Promise.resolve(verdict) }, (through) =>
      exportOf(lives.odd, through, { waitSeconds: 60, stallSeconds: verdict === "hold" ? 5 : 60 }).catch(
        (error: unknown) => error,
      ),
    );
  const cut = await trouble("stop");
  assert.ok(cut instanceof ProjectError);
  assert.match(cut.message, /the connection broke\n\n.*run npm run export again/);
  const held = await trouble("hold");
  assert.ok(held instanceof ProjectError);
  assert.match(held.message, /nothing came back for 5 s \(at gold\.\w+\)\n\n/);
  assert.equal(lifeSeen(await query(url, look)), "even");
  await exportOf(lives.odd, url, { waitSeconds: 60 });
  assert.equal(lifeSeen(await query(url, look)), "odd");
});

test("a reader in a snapshot of its own keeps its release, and the export of new rows does not wait for it", async () => {
  const url = await server.database();
  const dataDir = join(folder, "rows-only");
  await publishGold(dataDir, "run-1", "create table gold.songs as select 'even' as content from range(100)");
  await exportOf(dataDir, url);
  const reader = new Client(url);
  await reader.connect();
  await reader.query("begin isolation level repeatable read");
  const sql = "select distinct content from gold.songs";
  assert.deepEqual((await reader.query(sql)).rows, [{ content: "even" }]);
  await publishGold(dataDir, "run-2", "update gold.songs set content = 'odd'");
  await exportOf(dataDir, url);
  assert.deepEqual((await reader.query(sql)).rows, [{ content: "even" }]);
  await reader.query("commit");
  assert.deepEqual((await reader.query(sql)).rows, [{ content: "odd" }]);
  await reader.end();
});

test("a change of columns waits for readers without making others wait", async () => {
  const url = await server.database();
  await exportOf(lives.even, url);
  const reader = new Client(url);
  await reader.connect();
  await reader.query("begin");
  await reader.query("select * from gold.third_half limit 1");
  const exporting = exportOf(lives.odd, url);
  const asked =
    "select from pg_stat_activity where application_name = 'tonearm export' and datname = current_database() and query ~ '^(lock table|rollback to savepoint|savepoint)'";
  while ((await query(url, asked)).length === 0);
  assert.equal(lifeSeen(await query(url, look)), "even");
  await reader.query("commit");
  await reader.end();
  await exporting;
  assert.equal(lifeSeen(await query(url, look)), "odd");
});
