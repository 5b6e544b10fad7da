import { cp } from "node:fs/promises";
import { join } from "node:path";

import type { Row } from "../runner/warehouse/cells.ts";
import { saveTokens } from "../runner/spotify/token-store.ts";
import { type BronzeRow, extendedFile, landInBronze, pollFile } from "../tests/support/bronze.ts";
import type { FakePlay } from "../tests/support/fake-spotify-state.ts";
import { queryLanded } from "../tests/support/poll-bench.ts";
import { benchTokens, type SpotifyBench, withSpotifyBench } from "../tests/support/spotify-bench.ts";
import { environmentOf } from "./inputs.ts";
import { measureInTurns, type Summary, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";
import { keyOf, landedPlays, pollEnvironment, type SimulatedYear, simulateYear } from "./simulate-year.ts";

const names = {
  polled: "build of a year of polls",
  one: "build of one file a table",
  noop: "tonearm ingest spotify",
};

/**
 * A year of polls, every 15 minutes, in this process and 200 of them as processes that are killed, and what landed of it; then a cold build
 * of it against the same rows in one file a table, and a poll that finds nothing new. BENCH_POLLS and BENCH_KILLS make it shorter.
 */
export async function yearOfPolls(rounds: number): Promise<BenchReport> {
  const polls = Number(process.env["BENCH_POLLS"] ?? 35_040);
  const kills = Number(process.env["BENCH_KILLS"] ?? 200);
  return withSpotifyBench(async (bench) => {
    await landExport(bench.dataDir);
    const year = await simulateYear(bench, { polls, kills });
    const checked = await checkYear(bench, year);
    const summaries = await measureYear(bench, rounds);
    const builds = wallRatio(summaryOf(summaries, names.polled), summaryOf(summaries, names.one));
    const { wallSeconds } = summaryOf(summaries, names.noop);
    return {
      summaries,
      notes: Object.entries({ ...year.counts, ...checked.counts }).map(([name, value]) => `${name}: ${value}`),
      figures: [
        ...checked.figures,
        { name: "a poll in this process", value: year.msOfPoll, unit: "ms", target: 100, good: "at most" },
        { name: "a poll with nothing new", value: wallSeconds, unit: "s", target: 1.2, good: "at most" },
        { name: "cold build after the year", value: builds, unit: "× one file", target: 1.2, good: "at most" },
      ],
    };
  });
}

/** Old plays of tracks that no poll tells of, so that there is something to ask for. */
async function landExport(dataDir: string): Promise<void> {
  const rows = Array.from({ length: 2000 }, (_, play) => ({
    ended_at: new Date(Date.UTC(2020, 0, 1) + play * 3_600_000).toISOString().replace("T", " ").replace("Z", ""),
    ms_played: 180_000,
    media_type: "track",
    track_id: `export${String(play).padStart(16, "0")}`,
    track_name: `Song ${play}`,
    artist_name: `Artist ${play % 100}`,
  }));
  await landInBronze(dataDir, [extendedFile("Streaming_History_Audio_2020_0.json", rows)]);
}

/** Compares what landed with what the simulation showed. */
async function checkYear(
  { fake, dataDir }: SpotifyBench,
  { shown, shownToKilled, gaps }: SimulatedYear,
): Promise<{ readonly figures: readonly Figure[]; readonly counts: Readonly<Record<string, number>> }> {
  const plays = await landedPlays(dataDir);
  const landed = new Set(plays);
  const told = await queryLanded(dataDir, "my_tracks_features", "select track_id from landed");
  const recorded = await recordedGaps(dataDir);
  const expected = gaps.map(({ from, to }) => `${from.toISOString()} ${to.toISOString()}`);
  const now = fake.state.now();
  const lost = fake.state.plays.filter((play) => play.playedAt <= now && !landed.has(keyOf(play)));
  // One that shows up late may come behind 50 newer ones: then it never was among what there is.
  const inTime = lost.filter(({ playedAt, visibleFrom = playedAt }) => visibleFrom <= playedAt);
  const unexplained = inTime.filter((play) => !recorded.some((gap) => isIn(play, gap)));
  return {
    counts: {
      "plays listened to": fake.state.plays.length,
      "plays shown": shown.size,
      "plays landed": landed.size,
      "plays never seen, in gaps": inTime.length - unexplained.length,
      "plays never seen, late behind 50 others": lost.length - inTime.length,
      "gaps recorded": recorded.length,
      "tracks told of": told.length,
    },
    figures: [
      none("plays landed twice", plays.length - landed.size),
      none("plays shown and not landed", [...shown].filter((key) => !landed.has(key)).length),
      none(
        "plays landed that no poll was shown",
        [...landed].filter((key) => !shown.has(key) && !shownToKilled.has(key)).length,
      ),
      none("plays lost outside of gaps", unexplained.length),
      none("gaps not recorded", expected.filter((gap) => !recorded.includes(gap)).length, "gaps"),
      none("gaps recorded where none is", recorded.filter((gap) => !expected.includes(gap)).length, "gaps"),
      none("tracks told of twice", told.length - new Set(told.map(({ track_id: id }) => id)).size, "tracks"),
    ],
  };
}

function isIn({ playedAt }: FakePlay, gap: string): boolean {
  const [from = "", to = ""] = gap.split(" ");
  return new Date(from) < playedAt && playedAt < new Date(to);
}

/** Something that must not be. */
function none(name: string, value: number, unit = "plays"): Figure {
  return { name, value, unit, target: 0, good: "at most" };
}

async function recordedGaps(dataDir: string): Promise<readonly string[]> {
  const sql = `select concat(gap ->> 'from', ' ', gap ->> 'to') as gap
    from (select unnest(from_json(gaps, '["JSON"]')) as gap from landed where gaps is not null) order by gap`;
  return (await queryLanded(dataDir, "landings", sql)).map(({ gap }) => (typeof gap === "string" ? gap : ""));
}

async function measureYear({ fake, dataDir, clock }: SpotifyBench, rounds: number): Promise<readonly Summary[]> {
  return withScratchFolder(async (folder) => {
    const one = join(folder, "one");
    await landExport(one);
    await landInBronze(one, await inOneFile(dataDir));
    const build = (name: string, from: string) => ({
      name,
      args: [...tonearm, "build"],
      prepare: async (round: number) => {
        const target = join(folder, `${name.replaceAll(" ", "-")}-${round}`);
        await cp(join(from, "bronze"), join(target, "bronze"), { recursive: true });
        return environmentOf(target);
      },
    });
    const noop = {
      name: names.noop,
      args: ["--import", "./bench/shift-clock.mjs", ...tonearm, "ingest", "spotify"],
      prepare: async () => {
        await saveTokens(dataDir, benchTokens(fake));
        return pollEnvironment(fake.vars, dataDir, clock.now);
      },
    };
    return measureInTurns([build(names.polled, dataDir), build(names.one, one), noop], rounds);
  });
}

/** What polls landed, as one poll would have. */
async function inOneFile(dataDir: string): Promise<readonly Parameters<typeof landInBronze>[1][number][]> {
  const plays = await queryLanded(
    dataDir,
    "listening_history",
    "select * exclude (batch_id, file, source_kind, row_number, landed_at) from landed where source_kind = 'api' order by ended_at",
  );
  const tracks = await queryLanded(
    dataDir,
    "my_tracks_features",
    "select * exclude batch_id from landed order by fetched_at",
  );
  const gaps = (await recordedGaps(dataDir)).map((gap) => ({
    from: gap.split(" ")[0] ?? "",
    to: gap.split(" ")[1] ?? "",
  }));
  return [
    pollFile(plays.map(toBronze), gaps),
    { table: "my_tracks_features", file: "tracks", sourceKind: "api", rows: tracks.map(toBronze) },
  ];
}

function toBronze(row: Row): BronzeRow {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, cell]) => {
      if (cell instanceof Date) return [[name, cell.toISOString().replace("T", " ").replace("Z", "")]];
      return typeof cell === "object" && cell !== null ? [] : [[name, cell]];
    }),
  );
}
