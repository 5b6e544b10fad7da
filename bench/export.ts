import { join } from "node:path";

import { Client } from "pg";

import { publishGold } from "../tests/support/gold-release.ts";
import { query, startTestPostgres } from "../tests/support/postgres.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import { type Contender, measureInTurns, runNode, type Summary, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";

const names = {
  large: "tonearm export (1 M)",
  bare: "csv and \\copy (1 M)",
  start: "tonearm help",
  unchanged: "tonearm export (same)",
  changed: "tonearm export (all)",
};

/** Makes gold.plays with so many rows of twelve columns of every common type. */
export const manyColumns = (rows: number): string => `create table gold.plays as select
  i as play_id, 'Song number ' || i as song_name, 'Artist "' || (i % 1000) || '"' as artist_name,
  i * 1.37 as minutes, sqrt(i) as root, sin(i) as wave, date '2020-01-01' + (i % 1000)::int as play_date,
  timestamp '2020-01-01' + to_seconds(i) as started_at, i % 2 = 0 as is_even, i % 24 as hour_of_day,
  (i * 7919) % 100000 as shuffled, (i / 7)::decimal(18, 3) as share
from range(${rows}) as numbers(i)`;
const bareTable = `drop schema if exists bare cascade; create schema bare; create table bare.plays (
  play_id bigint, song_name text, artist_name text, minutes numeric(22, 2), root double precision, wave double precision,
  play_date date, started_at timestamp, is_even boolean, hour_of_day bigint, shuffled bigint, share numeric(18, 3))`;

/** A million rows into Postgres against CSV and psql, all gold tables of the real export, and how long a reader waits. */
export async function exporting(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  const server = await startTestPostgres();
  try {
    return await withScratchFolder(async (folder) => {
      const [large, real] = [join(folder, "large"), join(folder, "real")];
      const [urls, output] = [
        { large: await server.database(), real: await server.database() },
        join(folder, "bare.csv"),
      ];
      const release = await publishGold(large, "20261122T101112000Z-0001", manyColumns(1_000_000));
      await land(inputs, real);
      await runNode([...tonearm, "build"], environmentOf(real));
      const environment = { ...environmentOf(real), POSTGRES_URL: urls.real };
      await runNode([...tonearm, "export"], environment);
      const same = async (): Promise<typeof environment> => environment;
      const summaries = await measureInTurns(
        [
          largeExport(large, urls.large),
          bareCopy({ BENCH_RELEASE: release.path, BENCH_POSTGRES: urls.large, BENCH_OUTPUT: output }),
          { name: names.start, args: [...tonearm, "help"], prepare: same },
          { name: names.unchanged, args: [...tonearm, "export"], prepare: same },
          { name: names.changed, args: [...tonearm, "export", "--force"], prepare: same },
        ],
        rounds,
      );
      const waited = await longestWait(urls.real, () => runNode([...tonearm, "export", "--force"], environment));
      return { summaries, figures: figuresOf(summaries, waited) };
    });
  } finally {
    await server.stop();
  }
}

function largeExport(dataDirectory: string, url: string): Contender {
  return {
    name: names.large,
    args: [...tonearm, "export"],
    prepare: async () => {
      await query(url, "drop schema if exists gold, meta cascade");
      return { ...environmentOf(dataDirectory), POSTGRES_URL: url };
    },
  };
}

function bareCopy(
  environment: Readonly<Record<"BENCH_RELEASE" | "BENCH_POSTGRES" | "BENCH_OUTPUT", string>>,
): Contender {
  return {
    name: names.bare,
    args: ["bench/bare-export.mjs"],
    prepare: async () => {
      await query(environment.BENCH_POSTGRES, bareTable);
      return environment;
    },
  };
}

/** Milliseconds of the slowest of many small reads while something else is under way. */
async function longestWait(url: string, work: () => Promise<unknown>): Promise<number> {
  const reader = new Client(url);
  await reader.connect();
  const isDone = work().then(
    () => true,
    () => true,
  );
  let longest = 0;
  const pause = (): Promise<boolean> => new Promise((resolve) => void setTimeout(() => resolve(false), 5));
  while (!(await Promise.race([isDone, pause()]))) {
    const started = performance.now();
    await reader.query("select count(*) from gold.temporal_trends");
    longest = Math.max(longest, performance.now() - started);
  }
  await reader.end();
  return longest;
}

function figuresOf(summaries: readonly Summary[], waited: number): readonly Figure[] {
  const [start, same, all] = [names.start, names.unchanged, names.changed].map(
    (name) => summaryOf(summaries, name).wallSeconds,
  );
  const beyond = (seconds: number | undefined): number => (seconds ?? Number.NaN) - (start ?? Number.NaN);
  return [
    {
      name: "1 M rows × 12 columns",
      value: wallRatio(summaryOf(summaries, names.bare), summaryOf(summaries, names.large)),
      unit: "× csv and \\copy",
      target: 0.9,
      good: "at least",
    },
    { name: "unchanged, beyond process start", value: beyond(same), unit: "s", target: 0.3, good: "at most" },
    { name: "all gold tables, beyond process start", value: beyond(all), unit: "s", target: 1.5, good: "at most" },
    { name: "longest wait of a reader", value: waited, unit: "ms", target: 50, good: "at most" },
  ];
}
