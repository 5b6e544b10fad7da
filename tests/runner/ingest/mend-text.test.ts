import assert from "node:assert/strict";
import { test } from "node:test";

import { mendText } from "../../../runner/ingest/mend-text.ts";
import { withLandingBench } from "../../support/landing.ts";

const cases: readonly (readonly [what: string, text: string, mended: string, count: number])[] = [
  ["a pair of surrogates", String.raw`"\ud83d\ude00"`, String.raw`"\ud83d\ude00"`, 0],
  ["the first half alone", String.raw`"a\ud83d b"`, String.raw`"a\ufffd b"`, 1],
  ["the second half alone", String.raw`"a\uDE00b"`, String.raw`"a\ufffdb"`, 1],
  ["two first halves and a second", String.raw`"\ud83d\ud83d\ude00"`, String.raw`"\ufffd\ud83d\ude00"`, 1],
  ["a half before another escape", String.raw`"\ud83d\n\ude00"`, String.raw`"\ufffd\n\ufffd"`, 2],
  ["a backslash before the letters", String.raw`"\\ud83d"`, String.raw`"\\ud83d"`, 0],
];
for (const [what, text, expected, count] of cases) {
  test(`${what}, in pieces of every size`, () => {
    for (let size = 1; size <= text.length; size++) {
      const mending = mendText();
      const pieces: Buffer[] = [];
      for (let at = 0; at < text.length; at += size) pieces.push(mending.write(Buffer.from(text.slice(at, at + size))));
      const { rest, mended } = mending.finish();
      assert.deepEqual([Buffer.concat([...pieces, rest]).toString(), mended], [expected, count]);
    }
  });
}

test("one damaged letter keeps neither its file nor its row from landing, and the report tells of it", () =>
  withLandingBench(async (bench) => {
    const row = (name: string): string =>
      `{"ts":"2021-03-04T05:06:07Z","ms_played":1000,"master_metadata_track_name":"${name}"}`;
    const content = Buffer.concat([
      Buffer.from(`[${row(String.raw`Gr\ud83dn`)},${row("Früh")},`),
      Buffer.from(row("caf?")).map((byte) => (byte === 0x3f ? 0xe9 : byte)),
      Buffer.from("]"),
    ]);
    const { files, failures } = await bench.land([await bench.write("endsong_0.json", content)]);
    assert.deepEqual(failures, []);
    assert.equal(files[0]?.note, "2 damaged letters in its texts were read as \u{FFFD}");
    assert.deepEqual(await bench.rows("listening_history", "select track_name from landed order by row_number"), [
      { track_name: "Gr\u{FFFD}n" },
      { track_name: "Früh" },
      { track_name: "caf\u{FFFD}" },
    ]);
  }));
