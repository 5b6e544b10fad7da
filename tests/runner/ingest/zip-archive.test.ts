import assert from "node:assert/strict";
import { test } from "node:test";

import type { IngestReport } from "../../../runner/ingest/ingest.ts";
import { withLandingBench } from "../../support/landing.ts";
import { zip, type ZipEntry } from "../../support/zip.ts";

const plays = JSON.stringify([
  {
    ts: "2021-03-04T05:06:07Z",
    ms_played: 1000,
    spotify_track_uri: "spotify:track:1",
    master_metadata_track_name: "A",
  },
]);
const good: ZipEntry = { name: "Spotify Extended Streaming History/Streaming_History_Audio_2021.json", content: plays };
const other: ZipEntry = { name: "Streaming_History_Audio_2022.json", content: plays.replace("2021", "2022") };

function names({ files }: IngestReport): readonly string[] {
  return files.map(({ file }) => file);
}

test("deflated and stored entries of a zip land", () =>
  withLandingBench(async (bench) => {
    const report = await bench.land([await bench.write("export.zip", zip([good, { ...other, stored: true }]))]);
    assert.deepEqual(report.failures, []);
    assert.deepEqual(names(report), ["Streaming_History_Audio_2021.json", "Streaming_History_Audio_2022.json"]);
  }));

const refused: readonly (readonly [what: string, entry: ZipEntry, message: RegExp])[] = [
  ["a name that climbs out", { ...other, name: `../../${other.name}` }, /points out of its archive/],
  ["an absolute name", { ...other, name: `/tmp/${other.name}` }, /points out of its archive/],
  ["a hidden file that climbs out", { name: "../.profile", content: "x" }, /points out of its archive/],
  ["an encrypted entry", { ...other, encrypted: true }, /is encrypted/],
  ["a link", { ...other, content: "/etc/passwd", mode: 0o120777 }, /is a link, not a file/],
  [
    "an entry that grows 1000 times",
    { ...other, content: `[${" ".repeat(5_000_000)}]` },
    /would grow more than 200 times/,
  ],
  ["a false checksum", { ...other, says: { checksum: 1 } }, /is damaged/],
  ["more bytes than announced", { ...other, says: { size: 5 } }, /is damaged/],
  ["fewer bytes than announced", { ...other, says: { size: 5000 } }, /is cut short/],
];
for (const [what, entry, message] of refused) {
  test(`${what} in a zip is refused, the other entries land`, () =>
    withLandingBench(async (bench) => {
      const path = await bench.write("export.zip", zip([entry, good]));
      const report = await bench.land([path]);
      assert.deepEqual(
        report.failures.map((failure) => failure.path),
        [`${path}/${entry.name}`],
      );
      assert.match(report.failures[0]?.message ?? "", message);
      assert.notEqual(report.failures[0]?.hint ?? "", "");
      assert.deepEqual(names(report), ["Streaming_History_Audio_2021.json"]);
    }));
}

test("an archive that says it holds more than 20 GB is not unpacked, other paths land", () =>
  withLandingBench(async (bench) => {
    // A stored entry's size is checked at once, so the size is claimed by many that are deflated.
    const bomb = Array.from({ length: 6 }, (_, at) => ({
      name: `Streaming_History_Audio_${at}.json`,
      content: plays,
      says: { size: 4_000_000_000 },
    }));
    const report = await bench.land([
      await bench.write("bomb.zip", zip([...bomb, good])),
      await bench.write("whole.zip", zip([other])),
    ]);
    assert.equal(report.failures.length, 7);
    for (const { message } of report.failures)
      assert.match(message, /more than 20 GB, which no export does, so it is not unpacked/);
    assert.deepEqual(names(report), ["Streaming_History_Audio_2022.json"]);
  }));

test("an encrypted entry that would not land anyway is none of our business", () =>
  withLandingBench(async (bench) => {
    const userdata = { name: "Userdata.json", content: "{}", encrypted: true };
    const report = await bench.land([await bench.write("export.zip", zip([userdata, good]))]);
    assert.deepEqual([report.failures, report.ignored], [[], 1]);
  }));

test("a zip without its end is refused, the other paths land", () =>
  withLandingBench(async (bench) => {
    const whole = zip([good]);
    const cut = await bench.write("cut.zip", whole.subarray(0, whole.length - 40));
    const report = await bench.land([cut, await bench.write("whole.zip", zip([other]))]);
    assert.deepEqual(
      report.failures.map(({ path, message }) => [path, message]),
      [[cut, "is no whole zip archive: its table of contents is missing"]],
    );
    assert.deepEqual(names(report), ["Streaming_History_Audio_2022.json"]);
  }));

test("a zip with damaged bytes inside lands nothing of that entry", () =>
  withLandingBench(async (bench) => {
    const bytes = zip([good, other]);
    bytes.fill(0xff, 120, 140);
    const report = await bench.land([await bench.write("export.zip", bytes)]);
    assert.deepEqual(
      report.failures.map(({ message }) => message),
      ["is damaged and cannot be read"],
    );
    assert.deepEqual(names(report), ["Streaming_History_Audio_2022.json"]);
    assert.equal((await bench.rows("listening_history")).length, 1);
  }));

test("control characters in an entry's name do not reach messages or the record", () =>
  withLandingBench(async (bench) => {
    const entry = { ...good, name: "Streaming_History_Audio_\u001b[2J\n2021.json" };
    const report = await bench.land([await bench.write("export.zip", zip([entry]))]);
    assert.deepEqual(names(report), ["Streaming_History_Audio_\uFFFD[2J\uFFFD2021.json"]);
  }));
