import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { openPromise } from "yauzl";
import * as z from "zod";

import { parseCsvRows } from "../../support/csv.ts";
import { withLandingBench } from "../../support/landing.ts";
import { listFiles } from "../../support/list-files.ts";

const exportPath = sharedData("my_spotify_data.zip");
const cataloguePath = sharedData("kaggle_tracks.csv.gz");

const rawRows = z.array(
  z.looseObject({
    ts: z.string(),
    ms_played: z.number(),
    spotify_track_uri: z.string().nullable(),
    master_metadata_track_name: z.string().nullable(),
    episode_name: z.string().nullable(),
    reason_end: z.string().nullable(),
    skipped: z.boolean().nullable(),
    offline_timestamp: z.number().nullable(),
    username: z.string(),
  }),
);

test("every row of the real export lands as it stands there", { skip: unlessPresent(exportPath) }, () =>
  withLandingBench(async (bench) => {
    const report = await bench.land([exportPath]);
    assert.deepEqual(report.failures, []);
    const expected: unknown[] = [];
    const userNames = new Set<string>();
    for (const [file, json] of await readExport()) {
      for (const [index, raw] of rawRows.parse(JSON.parse(json)).entries()) {
        userNames.add(raw.username);
        expected.push({
          file,
          row_number: index + 1,
          ended_at: Date.parse(raw.ts),
          ms_played: raw.ms_played,
          track_id: raw.spotify_track_uri?.split(":").at(-1) ?? null,
          track_name: raw.master_metadata_track_name,
          episode_name: raw.episode_name,
          reason_end: raw.reason_end,
          skipped: raw.skipped,
          offline_at: offlineInstant(raw.offline_timestamp),
        });
      }
    }
    const rows = await bench.rows(
      "listening_history",
      `select file, row_number, epoch_ms(ended_at) as ended_at, ms_played, track_id, track_name, episode_name,
        reason_end, skipped, epoch_ms(offline_at) as offline_at from landed order by file, row_number`,
    );
    assert.equal(rows.length, expected.length);
    assert.deepEqual(rows, expected);
    const files = await listFiles(bench.dataDir);
    assert.ok(files.every((file) => file.startsWith("bronze/")));
    const [found] = await bench.rows(
      "listening_history",
      `select count(*) as "rows" from landed where ${[...userNames].map((name) => `contains(landed::varchar, '${name}')`).join(" or ")}`,
    );
    assert.deepEqual(found, { rows: 0 });
  }),
);

test("every row of the real catalogue lands as it stands there", { skip: unlessPresent(cataloguePath) }, () =>
  withLandingBench(async (bench) => {
    const report = await bench.land([cataloguePath]);
    assert.deepEqual(report.failures, []);
    const raw = parseCsvRows(gunzipSync(await readFile(cataloguePath)).toString("utf8"));
    const expected = raw.map((row) => ({
      row_index: Number(row[""]),
      track_id: row["track_id"],
      artists: row["artists"] || null,
      album_name: row["album_name"] || null,
      track_name: row["track_name"] || null,
      duration_ms: Number(row["duration_ms"]),
      explicit: row["explicit"] === "True",
      loudness: Number(row["loudness"]),
      instrumentalness: Number(row["instrumentalness"]),
      tempo: Number(row["tempo"]),
      track_genre: row["track_genre"],
    }));
    const rows = await bench.rows(
      "kaggle_tracks",
      `select row_index, track_id, artists, album_name, track_name, duration_ms, explicit, loudness, instrumentalness,
        tempo, track_genre from landed order by line_number`,
    );
    assert.equal(rows.length, expected.length);
    assert.deepEqual(rows, expected);
  }),
);

async function readExport(): Promise<readonly (readonly [string, string])[]> {
  const files: [string, string][] = [];
  const zip = await openPromise(exportPath);
  for await (const entry of zip.eachEntry()) {
    files.push([basename(entry.fileName), await text(await zip.openReadStreamPromise(entry))]);
  }
  return files.toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function offlineInstant(stamp: number | null): number | null {
  if (stamp === null || stamp === 0) return null;
  return stamp > 1e11 ? stamp : stamp * 1000;
}

function sharedData(name: string): string {
  return fileURLToPath(new URL(`../../../../shared/data/${name}`, import.meta.url));
}

function unlessPresent(path: string): string | false {
  return existsSync(path) ? false : `${basename(path)} is not in ../shared/data`;
}
