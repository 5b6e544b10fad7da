import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { type Connection, withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { accountFile, type BronzeFile, type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { relationsOf } from "../../support/compare-warehouses.ts";
import { accountRow, type Life, lifeIn, newLife, trackId, trackRow } from "../../support/life.ts";

const songNames = [
  "Ann - One",
  "Ann - Two - Remastered 2011",
  "Bo - Three",
  "Cy & Di - Four",
  "Éva - Fünf",
  "Fo - Six",
];
/** A play a quarter of an hour; every seventh follows its like within the same minute. */
const plays = Array.from({ length: 600 }, (_, index) => {
  const twin = index % 7 === 3 ? 1 : 0;
  const minutes = (index - twin) * 15;
  const ended = new Date(Date.UTC(2023, 0, 1, 10, minutes, 10 + 20 * twin));
  const names = songNames[((index - twin) * 5) % songNames.length] ?? "";
  const ms = twin === 1 ? 4000 : 30_000 + ((index * 7919) % 200_000);
  return { ended: ended.toISOString().slice(0, 19).replace("T", " "), names, ms, index };
});

const files = makeFiles();
const names = files.map(({ file }) => file);
const orders: readonly (readonly string[])[] = [
  names,
  names.toReversed(),
  [...names.filter((_, index) => index % 2 === 1), ...names.filter((_, index) => index % 2 === 0)],
  names.toSorted((left, right) => (left.slice(-6) < right.slice(-6) ? -1 : 1)),
];

test("the same files in many orders", async (context) => {
  const first = await newLife(context, "Europe/Berlin");
  const lives: Life[] = [];
  for (const [number, order] of orders.entries()) {
    const life = lifeIn(first.root, join(first.root, `order-${number}`), "Europe/Berlin");
    lives.push(life);
    await landOneByOne(life, order);
    await life.build();
  }

  await context.test("hold what the files tell of", async () => {
    const totals = await lives[0]?.query(
      "select count(*) as plays, count(distinct song_id) as songs from silver.plays",
    );
    assert.deepEqual(totals, [{ plays: plays.length, songs: songNames.length }]);
  });

  for (const [number, order] of orders.entries()) {
    if (number === 0) continue;
    await context.test(`give equal silver and gold: ${order.join(", ")}`, async () => {
      assert.deepEqual(await differentRelations([lives[0], lives[number]], { except: [] }), []);
    });
  }

  await context.test("give the same when a build runs between landings", async () => {
    const life = lifeIn(first.root, join(first.root, "step-by-step"), "Europe/Berlin");
    const half = Math.floor(names.length / 2);
    await landOneByOne(life, names.slice(half));
    await life.build();
    await landOneByOne(life, names.slice(0, half));
    await life.build();
    assert.deepEqual(await differentRelations([lives[0], life], { except: [] }), []);
  });

  await context.test("give the same plays and gold when the files have other digests", async () => {
    const life = lifeIn(first.root, join(first.root, "other-digests"), "Europe/Berlin");
    await life.land(...files.map((file, index) => ({ ...file, salt: String(index * 31) })));
    await life.build();
    // These tell which file a row stood in.
    const except = ["account_plays", "play_copies", "play_sightings", "play_reconciliation"];
    assert.deepEqual(await differentRelations([lives[0], life], { except }), []);
  });
});

/** Two extended exports that overlap, three endsong files that repeat rows, account exports, podcasts, a catalogue. */
function makeFiles(): readonly BronzeFile[] {
  const extended = (from: number, to: number, more: BronzeRow = {}) =>
    plays.slice(from, to).map(({ ended, names: title, ms }) => trackRow(ended, title, { ms_played: ms, ...more }));
  const account = (from: number, to: number) =>
    plays.slice(from, to).map(({ ended, names: title, ms }) => accountRow(ended, title, ms));
  return [
    extendedFile("Streaming_History_Audio_2023_0.json", extended(0, 250)),
    // A later export names another platform and rounds lengths.
    extendedFile("Streaming_History_Audio_2023_1.json", [
      ...extended(150, 300, { platform: "iOS" }),
      ...extended(200, 220, { country: "AT" }).map((row) => ({ ...row, ms_played: Number(row["ms_played"]) - 500 })),
    ]),
    extendedFile("endsong_0.json", [...extended(0, 100), ...extended(20, 40), ...extended(90, 95)]),
    extendedFile("endsong_1.json", extended(60, 180, { shuffle: true }).toReversed()),
    extendedFile("endsong_2.json", extended(170, 210, { album_name: null })),
    accountFile("StreamingHistory_music_0.json", account(240, 400)),
    accountFile("StreamingHistory_music_1.json", account(400, 500)),
    accountFile("StreamingHistory0.json", account(350, 600)),
    catalogueFile([
      { track_id: trackId("Ann - One"), track_name: "One", artists: "Ann", valence: 0.9, energy: 0.9, line_number: 2 },
      { track_id: "catalogueonly000000000", track_name: "Four", artists: "Cy & Di;Ann", valence: 0.1, line_number: 3 },
    ]),
  ];
}

/** Each file in a landing of its own, a minute after the one before. */
async function landOneByOne(life: Life, order: readonly string[]): Promise<void> {
  const landed = order.map((name, index) => ({
    ...(files.find(({ file }) => file === name) ?? catalogueFile([])),
    landedAt: `2026-11-22 10:${String(index).padStart(2, "0")}:00`,
  }));
  await life.land(...landed);
}

/** Relations of silver and gold in which two lives differ, but for the columns that keep book of landing. */
async function differentRelations(
  lives: readonly (Life | undefined)[],
  { except }: { readonly except: readonly string[] },
): Promise<readonly string[]> {
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    for (const [index, life] of lives.entries()) {
      await connection.run(`attach '${life?.dataDir ?? ""}/warehouse.duckdb' as life_${index} (read_only)`);
    }
    const relations = await relationsOf(connection, "life_0", ["silver", "gold"]);
    assert.ok(relations.length > 20);
    const compared = relations.filter((relation) => !except.some((name) => relation.endsWith(`.${name}`)));
    const found: string[] = [];
    for (const relation of compared) if (!(await isEqual(connection, relation))) found.push(relation);
    return found;
  });
}

async function isEqual(connection: Connection, relation: string): Promise<boolean> {
  const rows = (life: string) =>
    `select columns(c -> c not in ('batch_id', 'row_number', 'file')) from ${life}.${relation}`;
  const [count] = await connection.query(`select count(*) as rows from (
    (${rows("life_0")} except all ${rows("life_1")}) union all (${rows("life_1")} except all ${rows("life_0")}))`);
  return count?.["rows"] === 0;
}
