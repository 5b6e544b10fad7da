import assert from "node:assert/strict";
import { test } from "node:test";

import { csvLines } from "../../../runner/ingest/csv-lines.ts";

function scan(pieces: readonly Buffer[]) {
  const lines = csvLines();
  const written = pieces.map((piece) => lines.write(piece));
  const { rest, ...result } = lines.finish();
  return { ...result, text: Buffer.concat([...written, rest]).toString("utf8") };
}

const text = 'a,b\r\n1,"x\ny"\r\n\r\n2,"q""q"\n3\n4,"open\n5,é\n6,"x"y\n7,z';
const expected = {
  header: "a,b",
  rows: 7,
  rejections: [
    { reason: "the row has fewer fields than the header", rows: 1, firstRow: 6 },
    { reason: "the row's quotes do not add up", rows: 2, firstRow: 7 },
  ],
  text: '2,1,"x\ny"\n5,2,"q""q"\n8,5,é\n10,7,z\n',
};

test("each row gets the number of the line it starts on", () => {
  assert.deepEqual(scan([Buffer.from(text)]), expected);
});

test("where the bytes are cut into pieces makes no difference", () => {
  const bytes = Buffer.from(text);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    assert.deepEqual(scan([bytes.subarray(0, cut), bytes.subarray(cut)]), expected, `cut at ${cut}`);
  }
  assert.deepEqual(scan(Array.from(bytes, (byte) => Buffer.from([byte]))), expected);
});

test("a quote that never closes costs its own line, however much follows", () => {
  const rows = Array.from({ length: 200_000 }, (_, index) => `${index},value`);
  const bytes = Buffer.from(`a,b\n0,"open\n${rows.join("\n")}\n`);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 65536) }, (_, index) =>
    bytes.subarray(index * 65536, (index + 1) * 65536),
  );
  const result = scan(pieces);
  assert.deepEqual(result.rejections, [{ reason: "the row has a quote that is not closed", rows: 1, firstRow: 2 }]);
  assert.equal(result.rows, 200_001);
  assert.equal(result.text, rows.map((row, index) => `${index + 3},${row}\n`).join(""));
});
