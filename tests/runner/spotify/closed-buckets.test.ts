import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { closeBucket, closedBuckets, closedUntil } from "../../../runner/spotify/closed-buckets.ts";
import { readLimit } from "../../../runner/spotify/read-limit.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const noon = new Date("2026-11-22T12:00:00Z");
const hourMs = 3_600_000;

function after(hours: number): Date {
  return new Date(noon.getTime() + hours * hourMs);
}

test("a bucket is closed until its time and open from then on", () =>
  inScratchFolder(async (dataDir) => {
    assert.equal(await closedUntil(dataDir, "tracks", noon), null);
    await closeBucket(dataDir, "tracks", { retryAt: after(2), now: noon });
    assert.deepEqual(await closedUntil(dataDir, "tracks", new Date(after(2).getTime() - 1)), after(2));
    assert.equal(await closedUntil(dataDir, "tracks", after(2)), null);
    assert.equal(await closedUntil(dataDir, "recently-played", noon), null);
    assert.deepEqual(await readdir(join(dataDir, "spotify")), ["tracks.closed.json"]);
  }));

test("a later note replaces an earlier one", () =>
  inScratchFolder(async (dataDir) => {
    await closeBucket(dataDir, "tracks", { retryAt: after(9), now: noon });
    await closeBucket(dataDir, "tracks", { retryAt: after(2), now: after(1) });
    assert.deepEqual(await closedBuckets(dataDir, after(1)), [{ bucket: "tracks", retryAt: after(2) }]);
  }));

test("a clock that is set back does not make a ban longer than it was", () =>
  inScratchFolder(async (dataDir) => {
    await closeBucket(dataDir, "tracks", { retryAt: after(242), now: after(240) });
    assert.deepEqual(await closedUntil(dataDir, "tracks", noon), after(2));
    assert.deepEqual(await closedUntil(dataDir, "tracks", after(1)), after(2));
    assert.equal(await closedUntil(dataDir, "tracks", after(2)), null);
  }));

test("a damaged note is named with the remedy", () =>
  inScratchFolder(async (dataDir) => {
    await mkdir(join(dataDir, "spotify"));
    for (const text of ["", "{}", '{"retry_at":"soon","noted_at":"2026-11-22T12:00:00Z"}']) {
      await writeFile(join(dataDir, "spotify/tracks.closed.json"), text);
      await assert.rejects(
        closedUntil(dataDir, "tracks", noon),
        /tracks\.closed\.json the note of Spotify's limit is damaged\n/,
      );
    }
  }));

const limits: readonly (readonly [string | null, string, object])[] = [
  ["5", "", { kind: "wait", waitMs: 5000 }],
  ["60", "", { kind: "wait", waitMs: 60_000 }],
  ["61", "", { kind: "closed", retryAt: new Date("2026-11-22T12:01:01Z") }],
  ["86400", "", { kind: "closed", retryAt: new Date("2026-11-23T12:00:00Z") }],
  [null, "", { kind: "wait", waitMs: 30_000 }],
  ["soon", "", { kind: "wait", waitMs: 30_000 }],
  ["-3", "", { kind: "wait", waitMs: 0 }],
  ["Sun, 22 Nov 2026 12:00:07 GMT", "", { kind: "wait", waitMs: 7000 }],
  ["Sun, 22 Nov 2026 18:00:00 GMT", "", { kind: "closed", retryAt: after(6) }],
  ["Sun, 22 Nov 2026 06:00:00 GMT", "", { kind: "wait", waitMs: 0 }],
  [
    "5",
    '{"error":{"status":429,"reason":"QUOTA_EXCEEDED"}}',
    { kind: "closed", retryAt: new Date("2026-11-22T12:00:05Z") },
  ],
  [null, '{"reason":"QUOTA_EXCEEDED"}', { kind: "closed", retryAt: new Date("2026-11-23T12:00:00Z") }],
];

for (const [retryAfter, text, limit] of limits) {
  test(`Retry-After ${retryAfter} with '${text}' is ${JSON.stringify(limit)}`, () => {
    const headers = new Headers(retryAfter === null ? {} : { "retry-after": retryAfter });
    assert.deepEqual(readLimit({ headers, text }, noon), limit);
  });
}
