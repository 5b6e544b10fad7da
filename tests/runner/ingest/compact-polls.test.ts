import assert from "node:assert/strict";
import { test } from "node:test";

import { listBatches } from "../../../runner/ingest/batches.ts";
import { collectRemoved, removeLandings } from "../../../runner/ingest/remove-landings.ts";
import { saveTokens } from "../../../runner/spotify/token-store.ts";
import { prepareBuild } from "../../support/prepare-build.ts";
import { publishBuild } from "../../../runner/warehouse/publish-build.ts";
import { listFiles } from "../../support/list-files.ts";
import { shortState, writeBuild } from "../../support/make-release.ts";
import { type PollBench, withPollBench } from "../../support/poll-bench.ts";
import { listenAndPoll, withoutPlace } from "../../support/polled-months.ts";
import { benchTokens } from "../../support/spotify-bench.ts";

/** How many batches count, by table. */
async function countBatches({ dataDir }: PollBench): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(Object.entries(await listBatches(dataDir)).map(([table, ids]) => [table, ids.length]));
}

test("the polls of a finished month become one batch a table, with the rows, sums and gaps of before", () =>
  withPollBench(async (bench) => {
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 2);
    await listenAndPoll(bench, "2026-11-23T10:00:00Z", 60);
    await listenAndPoll(bench, "2026-11-30T23:00:00Z", 55);
    const [plays, tracks] = [
      await withoutPlace(bench, "listening_history"),
      await withoutPlace(bench, "my_tracks_features"),
    ];
    assert.deepEqual(await countBatches(bench), { landings: 6, listening_history: 3, my_tracks_features: 3 });

    const { hasCompacted } = await listenAndPoll(bench, "2026-12-01T10:00:00Z", 1);
    assert.equal(hasCompacted, true);
    assert.deepEqual(await countBatches(bench), { landings: 4, listening_history: 2, my_tracks_features: 2 });
    assert.deepEqual((await withoutPlace(bench, "listening_history")).slice(0, -1), plays);
    assert.deepEqual((await withoutPlace(bench, "my_tracks_features")).slice(0, -1), tracks);
    const records = await bench.landed(
      "landings",
      "select * exclude (batch_id, sha256, bytes) from landed order by landed_at, table_name limit 2",
    );
    const shared = {
      source_kind: "api",
      account: "me",
      person: null,
      export_id: null,
      file: "recently-played",
      rows_read: 102,
      rows_landed: 102,
      rows_rejected: 0,
      rejections: "[]",
      landed_at: new Date("2026-11-22T10:00:00Z"),
    };
    // A play a minute before each poll: of 60 and of 55 the newest 50 exist.
    const gaps = [
      { from: "2026-11-22T09:59:00.000Z", to: "2026-11-23T09:10:00.000Z" },
      { from: "2026-11-23T09:59:00.000Z", to: "2026-11-30T22:10:00.000Z" },
    ];
    assert.deepEqual(records, [
      {
        ...shared,
        table_name: "listening_history",
        gaps: JSON.stringify(gaps),
        first_ended_at: new Date("2026-11-22T09:58:00Z"),
        last_ended_at: new Date("2026-11-30T22:59:00Z"),
      },
      { ...shared, table_name: "my_tracks_features", gaps: "[]", first_ended_at: null, last_ended_at: null },
    ]);
    const places = await bench.landed(
      "listening_history",
      `select batch_id, list(row_number order by ended_at) = range(1, count(*) + 1) as is_numbered, count(*) as "rows"
       from landed group by batch_id order by min(landed_at)`,
    );
    const [month] = await bench.landed("landings", "select batch_id from landed order by landed_at, table_name");
    assert.deepEqual(places[0], { batch_id: month?.["batch_id"], is_numbered: true, rows: 102 });
  }));

test("the running month is put together from eight batches on, a finished year again, and nothing where nothing landed", () =>
  withPollBench(async (bench) => {
    for (const day of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { hasCompacted } = await listenAndPoll(bench, `2026-12-0${day}T10:00:00Z`, 1);
      assert.equal(hasCompacted, false);
    }
    assert.equal((await listenAndPoll(bench, "2026-12-09T10:00:00Z", 0)).hasCompacted, false);
    assert.deepEqual(await countBatches(bench), { landings: 16, listening_history: 8, my_tracks_features: 8 });
    assert.equal((await listenAndPoll(bench, "2026-12-09T10:15:00Z", 1)).hasCompacted, true);
    assert.deepEqual(await countBatches(bench), { landings: 4, listening_history: 2, my_tracks_features: 2 });

    await listenAndPoll(bench, "2027-01-05T10:00:00Z", 1);
    await listenAndPoll(bench, "2027-02-05T10:00:00Z", 1);
    await listenAndPoll(bench, "2027-02-06T10:00:00Z", 1);
    // 2026, January, and two of February.
    assert.deepEqual(await countBatches(bench), { landings: 8, listening_history: 4, my_tracks_features: 4 });
    bench.clock.now = new Date("2028-01-01T10:00:00Z");
    await saveTokens(bench.dataDir, benchTokens(bench.fake));
    await listenAndPoll(bench, "2028-01-01T10:00:00Z", 1);
    // 2026, 2027, and January.
    assert.deepEqual(await countBatches(bench), { landings: 6, listening_history: 3, my_tracks_features: 3 });
    assert.equal((await withoutPlace(bench, "listening_history")).length, 13);
  }));

test("a clock that is set back leaves what landed later alone, and a play lands once all the same", () =>
  withPollBench(async (bench) => {
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 3);
    await listenAndPoll(bench, "2026-12-22T10:00:00Z", 3);
    bench.clock.now = new Date("2026-11-01T10:00:00Z");
    bench.fake.state.now = () => new Date("2026-12-22T10:15:00Z");
    const { landed, known, hasCompacted } = await bench.poll();
    assert.deepEqual({ landed, known, hasCompacted }, { landed: 0, known: 6, hasCompacted: false });
  }));

test("files that were put together are deleted when no release reads them any more", () =>
  withPollBench(async (bench) => {
    const { dataDir } = bench;
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 1);
    await listenAndPoll(bench, "2026-11-23T10:00:00Z", 1);
    const publish = async (): Promise<void> => {
      const { path } = await prepareBuild(dataDir);
      await writeBuild(path, 1);
      await publishBuild(dataDir, { ...shortState, batches: await listBatches(dataDir) }, { keepReleases: 1 });
    };
    await publish();
    const old = await listBatches(dataDir);
    await listenAndPoll(bench, "2026-12-01T10:00:00Z", 1);
    assert.deepEqual((await collectRemoved(dataDir)).toSorted(), old["landings"]);
    const filesOf = async (ids: readonly string[]): Promise<number> => {
      const files = await listFiles(`${dataDir}/bronze`);
      return files.filter((file) => ids.some((id) => file.includes(id))).length;
    };
    // Rows, record and mark of each.
    assert.equal(await filesOf(old["landings"] ?? []), 12);
    await publish();
    assert.deepEqual(await collectRemoved(dataDir), []);
    assert.equal(await filesOf(old["landings"] ?? []), 0);
    assert.equal((await withoutPlace(bench, "listening_history")).length, 3);
  }));

test("plays of a month that was taken out land again as far as Spotify still has them", () =>
  withPollBench(async (bench) => {
    const { dataDir, pass } = bench;
    await listenAndPoll(bench, "2026-11-22T10:00:00Z", 2);
    await listenAndPoll(bench, "2026-11-23T10:00:00Z", 1);
    await listenAndPoll(bench, "2026-12-01T10:00:00Z", 1);
    await removeLandings((await listBatches(dataDir))["landings"] ?? [], dataDir);
    assert.deepEqual(await listBatches(dataDir), {});
    for (const landed of [4, 0]) {
      pass(60_000);
      assert.equal((await bench.poll()).landed, landed);
    }
    assert.equal((await withoutPlace(bench, "listening_history")).length, 4);
    await collectRemoved(dataDir);
    assert.deepEqual(await countBatches(bench), { landings: 2, listening_history: 1, my_tracks_features: 1 });
  }));
