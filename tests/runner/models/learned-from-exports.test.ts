import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";

import type { Row } from "../../../runner/warehouse/cells.ts";
import { catalogueFile, extendedFile, pollFile } from "../../support/bronze.ts";
import { heaps, landedToday, plan, songOf, today } from "../../support/heaps-of-songs.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";

const files = await readdir("models/gold/predictive/training");
const sets = files.map((file) => file.replace(".sql", ""));
const unheard = "Ann - Unheard";

async function buildSets(life: Life): Promise<Readonly<Record<string, readonly Row[]>>> {
  await life.build(...sets.map((set) => `+${set}`));
  const rows: Record<string, readonly Row[]> = {};
  for (const set of sets) rows[set] = await life.query(`select * from training.${set} order by all`);
  return rows;
}

test("plays of the Web API change no training set", async (context) => {
  const life = await newLife(context);
  const { rows, songs } = plan(60);
  const another = { ...songs[0], line_number: 2 + songs.length, track_id: trackId(unheard), track_name: "Unheard" };
  await life.land(
    landedToday(extendedFile("Streaming_History_Audio_2024.json", rows)),
    catalogueFile([...songs, { ...another, artists: "Ann" }]),
  );
  const before = await buildSets(life);
  for (const [set, { length }] of Object.entries(before)) assert.ok(length > 5, `${set}: ${length} rows`);

  const [heap] = heaps;
  assert.ok(heap !== undefined);
  const polled = [
    trackRow(`${today(-20)} 18:00:00.5`, songOf(heap, 0)),
    trackRow(`${today(-10)} 20:00:00.5`, unheard),
    trackRow(`${today(0)} 00:00:01.5`, unheard),
  ];
  await life.land(landedToday(pollFile(polled)));
  const after = await buildSets(life);
  const [heard] = await life.query("select count(*)::int as plays from silver.plays where source_kind = 'api'");
  assert.deepEqual(heard, { plays: polled.length });
  for (const set of sets) assert.deepEqual(after[set], before[set], set);
});
