import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { withLandingBench } from "../../support/landing.ts";
import { zip } from "../../support/zip.ts";

const name = "Streaming_History_Audio_2021.json";

/** A day's plays of one listener. */
function playsOf(username: string | null, day = "2021-03-04", track = "Song"): readonly object[] {
  return [1, 2, 3].map((hour) => ({
    ts: `${day}T0${hour}:00:00Z`,
    ...(username !== null && { username }),
    ms_played: 1000,
    master_metadata_track_name: `${track} ${hour}`,
  }));
}

test("a tree with several people's exports lands nothing and says where each lies, not who they are", () =>
  withLandingBench(async (bench) => {
    const ann = await bench.write(`home/a/${name}`, playsOf("ann-user"));
    await bench.write("home/b.zip", zip([{ name, content: JSON.stringify(playsOf("bob-user")) }]));
    const report = await bench.land([`${bench.root}/home`]);
    assert.deepEqual(report.files, []);
    assert.deepEqual(report.failures[0]?.path, ann);
    assert.match(
      report.failures[0]?.message ?? "",
      /is of another listener than .*b\.zip\/Streaming_History_Audio_2021\.json/,
    );
    assert.match(report.failures[0]?.hint ?? "", /DATA_DIR=/);
    assert.doesNotMatch(JSON.stringify(report), /-user/);
    assert.equal(existsSync(bench.dataDir), false);
  }));

test("a second person is refused, the first one's later exports and those without names land", () =>
  withLandingBench(async (bench) => {
    await bench.land([await bench.write(name, playsOf("ann-user"))]);
    const refused = await bench.land([await bench.write("bob/endsong_0.json", playsOf("bob-user", "2020-01-01"))]);
    assert.deepEqual(refused.files, []);
    assert.match(refused.failures[0]?.message ?? "", /is of another listener than what has landed here/);
    assert.match(refused.failures[0]?.hint ?? "", /DATA_DIR=/);
    const { files, failures } = await bench.land([
      await bench.write("ann/endsong_0.json", playsOf("ann-user", "2022-01-01")),
      await bench.write("new/Streaming_History_Audio_2024.json", playsOf(null, "2024-01-01")),
    ]);
    assert.deepEqual([files.length, failures], [2, []]);
    const persons = await bench.rows(
      "landings",
      "select count(distinct person) as people, count(person) as named from landed",
    );
    assert.deepEqual(persons, [{ people: 1, named: 2 }]);
    const [found] = await bench.rows(
      "landings",
      "select count(*) as found from landed where contains(landed::varchar, 'ann-user')",
    );
    assert.deepEqual(found, { found: 0 });
  }));

test("a file with the plays of two people is refused", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, [...playsOf("ann-user"), ...playsOf("bob-user")]);
    const { files, failures } = await bench.land([path]);
    assert.deepEqual(files, []);
    assert.match(failures[0]?.message ?? "", /holds the plays of several listeners/);
  }));

test("the same user name has another code in another data folder", () =>
  withLandingBench(async (bench) => {
    const path = await bench.write(name, playsOf("ann-user"));
    await bench.land([path]);
    const [here] = await bench.rows("landings", "select person from landed");
    await withLandingBench(async (other) => {
      await other.land([path]);
      const [there] = await other.rows("landings", "select person from landed");
      assert.notDeepEqual(here, there);
    });
  }));

test("a second account is refused with the way out", () =>
  withLandingBench(async (bench) => {
    await bench.land([await bench.write(name, playsOf(null))]);
    const later = await bench.write("Streaming_History_Audio_2022.json", playsOf(null, "2022-01-01"));
    await assert.rejects(bench.land([later], { account: "bob" }), (error) => {
      assert.ok(error instanceof ProjectError);
      assert.match(error.message, /is 'bob', but what has landed here is the account 'me'/);
      assert.match(error.message, /DATA_DIR=/);
      return true;
    });
    assert.equal((await bench.rows("landings")).length, 1);
  }));

/** Plays on ten days, three titles a day. */
function life(track: string, more: Readonly<Record<string, unknown>> = {}): readonly object[] {
  return Array.from({ length: 10 }, (_, day) =>
    playsOf(null, `2021-03-${String(day + 10)}`, track).map((play) => ({ ...play, ...more })),
  ).flat();
}

test("an export that tells of the same days otherwise lands with a warning, one that agrees without", () =>
  withLandingBench(async (bench) => {
    await bench.land([await bench.write(`ann/${name}`, life("Song"))]);
    const agreeing = await bench.land([
      await bench.write("again/Streaming_History_Audio_2021_0.json", life("Song", { platform: "x" })),
    ]);
    assert.deepEqual([agreeing.files.length, agreeing.contradictions], [1, []]);
    const contrary = await bench.land([await bench.write("bob/Streaming_History_Audio_2021_1.json", life("Tune"))]);
    assert.equal(contrary.files.length, 1);
    // The first and the last of the ten days are told in part: 8 days of 3 titles, against each of the two that had landed.
    assert.deepEqual(
      contrary.contradictions.map(({ firstDay, lastDay, titles, shared }) => [firstDay, lastDay, titles, shared]),
      [
        ["2021-03-11", "2021-03-18", 24, 0],
        ["2021-03-11", "2021-03-18", 24, 0],
      ],
    );
  }));

test("files of one export may share the days and not the plays", () =>
  withLandingBench(async (bench) => {
    await bench.land([await bench.write("mine/endsong_0.json", life("Song"))]);
    const { contradictions } = await bench.land([await bench.write("mine/endsong_1.json", life("Tune"))]);
    assert.deepEqual(contradictions, []);
  }));

test("account data of the same life agrees, that of another does not", () =>
  withLandingBench(async (bench) => {
    await bench.land([await bench.write(`ann/${name}`, life("Song"))]);
    const account = (track: string): readonly object[] =>
      life(track).map((_, at) => ({
        endTime: `2021-03-${String(10 + Math.floor(at / 3))} 0${String((at % 3) + 1)}:00`,
        artistName: "A",
        trackName: `${track} ${String((at % 3) + 1)}`,
        msPlayed: 1000,
      }));
    const same = await bench.land([await bench.write("a/StreamingHistory_music_0.json", account("SONG"))]);
    assert.deepEqual(same.contradictions, []);
    const other = await bench.land([await bench.write("b/StreamingHistory_music_0.json", account("Tune"))]);
    assert.equal(other.contradictions.length, 2);
  }));
