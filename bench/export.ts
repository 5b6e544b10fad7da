import { cp } from "node:fs/promises";
import { join } from "node:path";

import { Client } from "pg";

import { publishGold } from "../tests/support/gold-release.ts";
import { query, startTestPostgres } from "../tests/support/postgres.ts";
import { type Alteration, exportOfBefore, publishAltered } from "./changed-exports.ts";
import { environmentOf, findInputs, type Inputs, land } from "./inputs.ts";
import { type Contender, measureInTurns, runNode, type Summary, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";

const names = {
  large: "tonearm export (1 M)",
  bare: "csv and \\copy (1 M)",
  start: "tonearm help",
  unchanged: "tonearm export (same)",
  month: "tonearm export (month)",
  day: "tonearm export (day)",
  tenth: "tonearm export (tenth)",
  altered: "tonearm export (all)",
  bareAltered: "csv and \\copy (all)",
};
/** Releases of the real export: without its newest month, without its newest day, whole, and with every table altered. */
const releases = { monthBefore: "1", dayBefore: "2", whole: "3", altered: "4" };

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

/** A million rows into Postgres against CSV and psql; the real export unchanged, with a new month, a new day and every table altered, all of it against the same; how long a reader waits. */
export async function exporting(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  const server = await startTestPostgres();
  try {
    return await withScratchFolder(async (folder) => {
      const large = join(folder, "large");
      const url = await server.database();
      const release = await publishGold(large, "20261122T101112000Z-0001", manyColumns(1_000_000));
      const real = { ...environmentOf(join(folder, "real")), POSTGRES_URL: await server.database() };
      await buildReleases(inputs, real.DATA_DIR, folder);
      // In folders of their own: only three releases are kept.
      const alteredIn = async (alteration: Alteration): Promise<Environment> => {
        const environment = { ...environmentOf(join(folder, alteration)), POSTGRES_URL: await server.database() };
        await cp(real.DATA_DIR, environment.DATA_DIR, { recursive: true });
        await publishAltered(environment.DATA_DIR, alteration);
        return environment;
      };
      const [tenth, altered] = [await alteredIn("a tenth"), await alteredIn("every row")];
      const contenders = [
        largeExport(large, url),
        bareCopy({ release: release.path, url, output: join(folder, "bare") }),
        ...realExports({ real, tenth, altered }),
        bareExport({ ...altered, POSTGRES_URL: await server.database() }, join(folder, "bare every row")),
      ];
      const summaries = await measureInTurns(contenders, rounds);
      const month = await longestWait(await between(releases.monthBefore, releases.whole, real));
      const some = await longestWait(await between(releases.whole, releases.altered, tenth));
      const all = await longestWait(await between(releases.whole, releases.altered, altered));
      const notes = [`a month: ${month.said}`, `a tenth: ${some.said}`, `every row: ${all.said}`];
      const waited = Math.max(...[month, some, all].map(({ milliseconds }) => milliseconds));
      return { summaries, notes, figures: figuresOf(summaries, waited) };
    });
  } finally {
    await server.stop();
  }
}

/** In an order in which nothing has changed since the export of a month. */
function realExports({
  real,
  tenth,
  altered,
}: Readonly<Record<"real" | "tenth" | "altered", Environment>>): readonly Contender[] {
  const same = async (): Promise<Environment> => real;
  const args = [...tonearm, "export"];
  return [
    { name: names.start, args: [...tonearm, "help"], prepare: same },
    { name: names.month, args, prepare: () => between(releases.monthBefore, releases.whole, real) },
    { name: names.unchanged, args, prepare: same },
    { name: names.day, args, prepare: () => between(releases.dayBefore, releases.whole, real) },
    { name: names.tenth, args, prepare: () => between(releases.whole, releases.altered, tenth) },
    { name: names.altered, args, prepare: () => between(releases.whole, releases.altered, altered) },
  ];
}

type Environment = Readonly<Record<"DATA_DIR" | "TONEARM_TIMEZONE" | "POSTGRES_URL", string>>;

async function buildReleases(inputs: Inputs, dataDirectory: string, folder: string): Promise<void> {
  const exports = [inputs.exportPath];
  for (const days of [1, 30]) {
    const before = join(folder, `${days} days before`);
    await exportOfBefore(inputs.exportPath, before, days);
    exports.unshift(before);
  }
  for (const exportPath of exports) {
    await land({ ...inputs, exportPath }, dataDirectory);
    await runNode([...tonearm, "build"], environmentOf(dataDirectory));
  }
}

/** Makes the target show one release, and another one current; the target is vacuumed, as autovacuum does in the hours between two exports. */
async function between(shown: string, current: string, environment: Environment): Promise<Environment> {
  await runNode([...tonearm, "rollback", shown], environment);
  await runNode([...tonearm, "export"], environment);
  await query(environment.POSTGRES_URL, "vacuum");
  await runNode([...tonearm, "rollback", current], environment);
  return environment;
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

/** A million rows by hand. */
function bareCopy({
  release,
  url,
  output,
}: {
  readonly release: string;
  readonly url: string;
  readonly output: string;
}): Contender {
  return copyByHand(names.bare, { release, url, schema: "bare", output }, () => query(url, bareTable));
}

/** Every row of every table of gold by hand, into tables that an export made. */
function bareExport(altered: Environment, output: string): Contender {
  const release = join(altered.DATA_DIR, "warehouse.duckdb");
  return copyByHand(names.bareAltered, { release, url: altered.POSTGRES_URL, schema: "gold", output }, () =>
    between(releases.whole, releases.altered, altered),
  );
}

function copyByHand(
  name: string,
  { release, url, schema, output }: Readonly<Record<"release" | "url" | "schema" | "output", string>>,
  makeTables: () => Promise<unknown>,
): Contender {
  return {
    name,
    args: ["bench/bare-export.mjs"],
    prepare: async () => {
      await makeTables();
      return { BENCH_RELEASE: release, BENCH_POSTGRES: url, BENCH_SCHEMA: schema, BENCH_OUTPUT: output };
    },
  };
}

/** Milliseconds of the slowest of many small reads while an export is under way, and what the export said. */
async function longestWait(
  environment: Environment,
): Promise<{ readonly milliseconds: number; readonly said: string }> {
  const reader = new Client(environment.POSTGRES_URL);
  await reader.connect();
  const working = runNode([...tonearm, "export"], environment);
  const isDone = working.then(
    () => true,
    () => true,
  );
  let milliseconds = 0;
  const pause = (): Promise<boolean> => new Promise((resolve) => void setTimeout(() => resolve(false), 5));
  while (!(await Promise.race([isDone, pause()]))) {
    const started = performance.now();
    await reader.query("select count(*) from gold.temporal_trends");
    milliseconds = Math.max(milliseconds, performance.now() - started);
  }
  await reader.end();
  return { milliseconds, said: (await working).trim() };
}

function figuresOf(summaries: readonly Summary[], waited: number): readonly Figure[] {
  const start = summaryOf(summaries, names.start).wallSeconds;
  const byHand = wallRatio(summaryOf(summaries, names.altered), summaryOf(summaries, names.bareAltered));
  const beyondStart = (name: string, kind: keyof typeof names, target: number): Figure => {
    const value = summaryOf(summaries, names[kind]).wallSeconds - start;
    return { name: `${name}, beyond process start`, value, unit: "s", target, good: "at most" };
  };
  return [
    {
      name: "1 M rows × 12 columns",
      value: wallRatio(summaryOf(summaries, names.bare), summaryOf(summaries, names.large)),
      unit: "× csv and \\copy",
      target: 0.9,
      good: "at least",
    },
    beyondStart("unchanged", "unchanged", 0.3),
    beyondStart("a month more", "month", 1.5),
    beyondStart("a day more", "day", 1.5),
    beyondStart("every table, a tenth of its rows altered", "tenth", 1.5),
    {
      ...beyondStart("every row of every table altered", "altered", 1.5),
      note: `${byHand.toFixed(2)} × csv and \\copy`,
    },
    { name: "longest wait of a reader", value: waited, unit: "ms", target: 50, good: "at most" },
  ];
}
