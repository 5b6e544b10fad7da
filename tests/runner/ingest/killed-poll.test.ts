import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { landInBronze, pollFile } from "../../support/bronze.ts";
import { visiblePlays } from "../../support/fake-spotify-plays.ts";
import type { FakePlay } from "../../support/fake-spotify-state.ts";
import { textOf } from "../../support/landing.ts";
import { listFiles } from "../../support/list-files.ts";
import { idOf, queryLanded } from "../../support/poll-bench.ts";
import { type PollingProcesses, withPollingProcesses } from "../../support/polling-process.ts";
import { type Outcome, outcomeOf } from "../../support/tonearm.ts";

const kills = 24;

/** Plays that just ended, a millisecond apart, each of a track that was never played. */
function listen({ fake }: PollingProcesses, plays: number): void {
  for (let play = 0; play < plays; play++) {
    const number = fake.state.plays.length;
    fake.state.plays.push({ trackId: idOf(number), playedAt: new Date(Date.now() - 1000 + play) });
  }
}

/** Lands two polls of January 2020, for the next poll to put together with what there is of that year. */
async function landOldPolls({ dataDir }: PollingProcesses, round: number): Promise<void> {
  const day = `2020-01-${String(round + 1).padStart(2, "0")}`;
  const files = [1, 2].map((poll) => ({
    ...pollFile([{ ended_at: `${day} 0${poll}:00:00`, media_type: "track", track_id: idOf(0) }]),
    landedAt: `${day} 0${poll}:10:00`,
  }));
  await landInBronze(dataDir, files);
}

/** Track and end of each landed play that is not of 2020, sorted; fails where one stands twice. */
async function landedKeys({ dataDir }: PollingProcesses, place: string): Promise<readonly string[]> {
  const rows = await queryLanded(
    dataDir,
    "listening_history",
    "select concat(track_id, ' ', epoch_ms(ended_at)) as play from landed where year(ended_at) > 2020 order by play",
  );
  const keys = rows.map(({ play }) => textOf(play));
  assert.equal(new Set(keys).size, keys.length, place);
  return keys;
}

async function countOldPlays({ dataDir }: PollingProcesses): Promise<unknown> {
  const sql = "select count(*) as plays, count(distinct ended_at) as ends from landed where year(ended_at) = 2020";
  return (await queryLanded(dataDir, "listening_history", sql))[0];
}

/** Milliseconds from a poll's request to its end, and how it ended; killed so many milliseconds after the request if told. */
async function pollAndKill(
  { fake, start }: PollingProcesses,
  killAfter: number | null,
): Promise<{ readonly ms: number; readonly outcome: Outcome }> {
  const asked = new Promise<number>((tell) => {
    fake.chooseFault = () => {
      tell(performance.now());
      return null;
    };
  });
  const child = start();
  const done = outcomeOf(child);
  const began = await Promise.race([asked, done.then(() => performance.now())]);
  if (killAfter !== null) {
    await Promise.race([sleep(killAfter), done]);
    child.kill("SIGKILL");
  }
  const outcome = await done;
  return { ms: performance.now() - began, outcome };
}

test(`a poll killed at any of ${kills} moments loses nothing that Spotify still has and doubles nothing`, () =>
  withPollingProcesses(async (polling) => {
    const { fake, dataDir } = polling;
    listen(polling, 3);
    await landOldPolls(polling, 0);
    // The first one of a machine is slow: the shortest so far is what a poll takes.
    let { ms: whole } = await pollAndKill(polling, null);
    let before = await landedKeys(polling, "first");
    let stopped = 0;
    for (let kill = 1; kill <= kills; kill++) {
      listen(polling, 2);
      await landOldPolls(polling, kill);
      const delay = (whole * (kill - Math.random())) / kills;
      const place = `killed ${delay.toFixed(0)} of ${whole.toFixed(0)} ms after its request`;
      const { ms, outcome } = await pollAndKill(polling, delay);
      if (outcome.code === null) stopped += 1;
      else whole = Math.min(whole, ms);
      const after = await landedKeys(polling, place);
      assert.deepEqual(
        before.filter((key) => !after.includes(key)),
        [],
        place,
      );
      const olds = 2 * (kill + 1);
      assert.deepEqual(await countOldPlays(polling), { plays: olds, ends: olds }, place);
      before = after;
    }
    assert.ok(stopped > kills / 3, `only ${stopped} of ${kills} kills came in time`);
    // What a kill left of batches that were put together is deleted by the next poll that puts some together.
    listen(polling, 1);
    await landOldPolls(polling, kills + 1);
    const { outcome } = await pollAndKill(polling, null);
    assert.equal(outcome.code, 0, outcome.stderr);
    const landed = await landedKeys(polling, "last");
    const keyOf = ({ trackId, playedAt }: FakePlay): string => `${trackId} ${playedAt.getTime()}`;
    const visible = visiblePlays(fake.state).map(keyOf);
    assert.equal(visible.length, 50);
    assert.deepEqual(
      visible.filter((key) => !landed.includes(key)),
      [],
    );
    const all = new Set(fake.state.plays.map(keyOf));
    assert.deepEqual(
      landed.filter((key) => !all.has(key)),
      [],
    );
    const sum = "select sum(rows_landed)::int as plays from landed where table_name = 'listening_history'";
    assert.deepEqual(await queryLanded(dataDir, "landings", sum), [{ plays: landed.length + 2 * (kills + 2) }]);
    const files = await listFiles(join(dataDir, "bronze", "landings"));
    const unfinished = files.filter((file) => !files.includes(`${file.split(".")[0]}.parquet`));
    assert.deepEqual(unfinished, []);
  }));

test("two polls at once land each play once", () =>
  withPollingProcesses(async (polling) => {
    listen(polling, 20);
    const outcomes = await Promise.all([polling.run(), polling.run(), polling.run()]);
    assert.deepEqual(
      outcomes.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ""],
        [0, ""],
        [0, ""],
      ],
    );
    assert.equal((await landedKeys(polling, "both")).length, 20);
    assert.deepEqual(outcomes.map(({ stdout }) => stdout).toSorted(), [
      "Spotify: 0 plays landed, 20 were known.\n",
      "Spotify: 0 plays landed, 20 were known.\n",
      "Spotify: 20 plays landed, 0 were known.\n",
    ]);
  }));
