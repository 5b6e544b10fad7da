import assert from "node:assert/strict";
import { cp, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { listBatches } from "../../../runner/ingest/batches.ts";
import { compactPolls } from "../../../runner/ingest/compact-polls.ts";
import { readLandings } from "../../../runner/ingest/landings.ts";
import { collectRemoved, removeLandings } from "../../../runner/ingest/remove-landings.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { type BronzeRow, landInBronze, pollFile } from "../../support/bronze.ts";
import { declaredTables } from "../../support/landing.ts";
import { listFiles } from "../../support/list-files.ts";
import { type PollBench, withPollBench } from "../../support/poll-bench.ts";
import { listenAndPoll, withoutPlace } from "../../support/polled-months.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

/** Compacts what has landed, as a poll of December would. */
async function compact({ dataDir }: PollBench): Promise<void> {
  await inScratchFolder((spill) =>
    withDuckDB({ tempDirectory: spill }, async (database) => {
      const connection = await database.connect();
      const workspace = join(dataDir, "tmp", "bronze", "compaction");
      await cp(spill, workspace, { recursive: true });
      const target = { connection, dataDir, workspace, tables: declaredTables };
      await compactPolls(await readLandings(connection, dataDir), target, new Date("2026-12-01T10:00:00Z"));
    }),
  );
}

/** The files that a compaction makes, in the order it makes them: of each batch the list of the old ones, rows, record; then the marks. */
function inOrder(made: readonly string[]): readonly string[] {
  const ids = made.flatMap((file) => /([0-9a-f]{16})\.replaces$/.exec(file)?.[1] ?? []);
  const batches = ids.flatMap((id) => {
    const files = made.filter((file) => file.includes(id));
    const isRecord = (file: string): boolean => file === `landings/${id}.parquet`;
    return [
      ...files.filter((file) => file.endsWith(".replaces")),
      ...files.filter((file) => file.endsWith(".parquet") && !isRecord(file)),
      ...files.filter(isRecord),
    ];
  });
  return [...batches, ...made.filter((file) => file.endsWith(".removed"))];
}

test("a compaction that ends after any of its steps has changed no row, and the next one completes it", () =>
  withPollBench(async (bench) => {
    const bronze = join(bench.dataDir, "bronze");
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 3);
    await listenAndPoll(bench, "2026-11-23T10:00:00Z", 60);
    await listenAndPoll(bench, "2026-11-24T10:00:00Z", 2);
    const told = async (): Promise<unknown> => ({
      plays: await withoutPlace(bench, "listening_history"),
      tracks: await withoutPlace(bench, "my_tracks_features"),
      gaps: await bench.landed("landings", "select gaps from landed where gaps != '[]'"),
    });
    const whole = await told();
    await inScratchFolder(async (folder) => {
      const [before, after] = [join(folder, "before"), join(folder, "after")];
      await cp(bronze, before, { recursive: true });
      await compact(bench);
      await cp(bronze, after, { recursive: true });
      const old = new Set(await listFiles(before));
      const steps = inOrder((await listFiles(after)).filter((file) => !old.has(file)));
      // Two tables of three batches each.
      assert.equal(steps.length, 2 * 3 + 6);
      for (let done = 0; done <= steps.length; done++) {
        const place = `after ${done} steps: ${steps[done - 1]}`;
        await rm(bronze, { recursive: true });
        await cp(before, bronze, { recursive: true });
        for (const file of steps.slice(0, done)) {
          await cp(join(after, file), join(bronze, dirname(file), file.split("/").at(-1) ?? ""));
        }
        // As a kill leaves it while the list is written.
        const staged = join(bronze, "landings", `${"0".repeat(16)}.replaces.1.next`);
        await writeFile(staged, "");
        assert.deepEqual(await told(), whole, place);
        await compact(bench);
        await assert.rejects(stat(staged), { code: "ENOENT" }, place);
        assert.deepEqual(await told(), whole, place);
        assert.equal((await listBatches(bench.dataDir))["landings"]?.length, 2, place);
        assert.deepEqual(await collectRemoved(bench.dataDir), [], place);
        assert.deepEqual(await told(), whole, place);
        assert.equal((await bench.poll()).landed, 0, place);
        // Rows, record and list of each, and nothing else.
        assert.equal((await listFiles(bronze)).length, 6, place);
      }
    });
  }));

test("deleting the old files, ended after any of them, brings none of them back", () =>
  withPollBench(async (bench) => {
    const bronze = join(bench.dataDir, "bronze");
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 3);
    await listenAndPoll(bench, "2026-11-23T10:00:00Z", 2);
    const whole = await withoutPlace(bench, "listening_history");
    await compact(bench);
    await inScratchFolder(async (folder) => {
      const before = join(folder, "before");
      await cp(bronze, before, { recursive: true });
      await collectRemoved(bench.dataDir);
      const kept = new Set(await listFiles(bronze));
      const gone = (await listFiles(before)).filter((file) => !kept.has(file));
      const isMark = (file: string): boolean => file.endsWith(".removed");
      const steps = [...gone.filter((file) => !isMark(file)), ...gone.filter(isMark)];
      assert.equal(steps.length, 12);
      for (let done = 0; done <= steps.length; done++) {
        await rm(bronze, { recursive: true });
        await cp(before, bronze, { recursive: true });
        for (const file of steps.slice(0, done)) await rm(join(bronze, file));
        assert.deepEqual(await withoutPlace(bench, "listening_history"), whole, `after ${done} steps`);
        await collectRemoved(bench.dataDir);
        assert.deepEqual(await listFiles(bronze), [...kept], `after ${done} steps`);
      }
    });
  }));

test("a month that is taken out before its polls were marked takes them with it", () =>
  withPollBench(async (bench) => {
    const { dataDir } = bench;
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 3);
    await listenAndPoll(bench, "2026-11-23T10:00:00Z", 2);
    await compact(bench);
    const marks = (await listFiles(join(dataDir, "bronze"))).filter((file) => file.endsWith(".removed"));
    for (const mark of marks) await rm(join(dataDir, "bronze", mark));
    await removeLandings((await listBatches(dataDir))["landings"] ?? [], dataDir);
    await collectRemoved(dataDir);
    assert.deepEqual(await listBatches(dataDir), {});
    assert.deepEqual(await listFiles(join(dataDir, "bronze")), []);
  }));

test("who lists the batches while they are put together sees every play once", () =>
  withPollBench(async (bench) => {
    const times = Array.from(
      { length: 20 },
      (_, poll) => `2026-${String(2 + (poll >> 1)).padStart(2, "0")}-0${1 + (poll % 2)}`,
    );
    const rows = (day: string): readonly BronzeRow[] => [{ ended_at: `${day} 09:00:00`, media_type: "track" }];
    await landInBronze(
      bench.dataDir,
      times.map((day) => ({ ...pollFile(rows(day)), landedAt: `${day} 10:00:00` })),
    );
    const list = async (): Promise<readonly string[]> => (await listBatches(bench.dataDir))["listening_history"] ?? [];
    const listings: (readonly string[])[] = [];
    const compaction = { isOver: false };
    const watch = async (): Promise<void> => {
      while (!compaction.isOver) listings.push(await list());
    };
    const watching = Promise.all(Array.from({ length: 16 }, watch));
    const polls = new Set(await list());
    await compact(bench);
    compaction.isOver = true;
    await watching;
    assert.deepEqual([polls.size, (await list()).length], [20, 10]);
    // Each poll brought one play, each month has two.
    const playsOf = (ids: readonly string[]): number => ids.reduce((sum, id) => sum + (polls.has(id) ? 1 : 2), 0);
    assert.deepEqual([...new Set(listings.map(playsOf))], [20]);
  }));
