import assert from "node:assert/strict";
import { test } from "node:test";

import { accountFile, type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { accountRow, type Life, newLife, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["silver"];

const reasons = `exact_copies as exact, near_copies as near, other_file_copies as other_file,
  overlapping_account_rows as overlapping, rows_covered_by_extended as covered`;
const nothingDropped = { exact: 0, near: 0, other_file: 0, overlapping: 0, covered: 0 };

function playsOf(life: Life): Promise<readonly unknown[]> {
  return life.query(`select strftime(ended_at, '%d %H:%M:%S') as ended, track_name, ms_played, source_kind
    from silver.plays order by ended_at, ms_played desc, source_kind`);
}

function reconciled(life: Life): Promise<readonly unknown[]> {
  return life.query(`select file, rows_in, plays_kept, ${reasons} from silver.play_reconciliation order by file`);
}

test("account data beside an extended history", async (context) => {
  const life = await newLife(context, "UTC", models);
  const episode: BronzeRow = {
    ...trackRow("2024-05-01 14:00:00", "-"),
    media_type: "episode",
    track_id: null,
    track_name: null,
    artist_name: null,
    album_name: null,
    episode_id: "episode1",
    episode_name: "Pilot",
    show_name: "The Show",
  };
  const nameless: BronzeRow = {
    ...episode,
    media_type: "unknown",
    episode_id: null,
    episode_name: null,
    show_name: null,
  };

  await life.land(
    extendedFile("extended.json", [
      trackRow("2024-05-01 10:00:30", "Ann - One"),
      trackRow("2024-05-01 10:04:10", "Ann - Two", { ms_played: 200_000 }),
      trackRow("2024-05-01 10:05:05", "Ann - Skip", { ms_played: 2000 }),
      trackRow("2024-05-01 10:05:20", "Ann - Skip", { ms_played: 2500 }),
      trackRow("2024-05-01 10:20:10", "Ann - Long"),
      trackRow("2024-05-01 11:00:20", "Ann - Again", { ms_played: 60_000 }),
      trackRow("2024-05-01 11:01:30", "Ann - Again", { ms_played: 60_000 }),
      trackRow("2024-05-01 12:00:59", "Ann - Near"),
      trackRow("2024-05-01 12:10:00", "Ann - Far"),
      { ...nameless, ended_at: "2024-05-01 12:40:10", ms_played: 3000 },
      episode,
    ]),
    accountFile("account.json", [
      accountRow("2024-05-01 10:00", "Ann - One"),
      accountRow("2024-05-01 10:04", "ANN - two!", 199_000),
      accountRow("2024-05-01 10:05", "Ann - Skip", 2000),
      accountRow("2024-05-01 10:05", "Ann - Skip", 2500),
      accountRow("2024-05-01 10:05", "Ann - Skip", 2000),
      accountRow("2024-05-01 10:08", "Ann - One"),
      accountRow("2024-05-01 10:20", "Ann - Long", 100_000),
      accountRow("2024-05-01 11:00", "Ann - Again", 60_000),
      accountRow("2024-05-01 11:02", "Ann - Again", 60_000),
      accountRow("2024-05-01 12:02", "Ann - Near"),
      accountRow("2024-05-01 12:13", "Ann - Far"),
      { ...accountRow("2024-05-01 12:40", "Unknown Artist - Unknown Track", 3000), media_type: "unknown" },
      accountRow("2024-05-01 14:00", "The Show - Pilot"),
    ]),
  );
  await life.build();

  await context.test("adds only the plays that the extended history does not have", async () => {
    const extended = (ended: string, name: string | null, ms = 180_000) => ({
      ended: `01 ${ended}`,
      track_name: name,
      ms_played: ms,
      source_kind: "extended",
    });
    const account = (ended: string, name: string, ms = 180_000) => ({
      ...extended(ended, name, ms),
      source_kind: "account",
    });
    assert.deepEqual(await playsOf(life), [
      extended("10:00:30", "One"),
      extended("10:04:10", "Two", 200_000),
      // Three equal short plays in one minute, of which the extended history has two.
      account("10:05:00", "Skip", 2000),
      extended("10:05:05", "Skip", 2000),
      extended("10:05:20", "Skip", 2500),
      account("10:08:00", "One"),
      // Another length is another play.
      account("10:20:00", "Long", 100_000),
      extended("10:20:10", "Long"),
      extended("11:00:20", "Again", 60_000),
      extended("11:01:30", "Again", 60_000),
      // Two minutes apart is the same play, three are not.
      extended("12:00:59", "Near"),
      extended("12:10:00", "Far"),
      account("12:13:00", "Far"),
      extended("12:40:10", null, 3000),
      extended("14:00:00", null),
    ]);
  });

  await context.test("accounts for every row of both files", async () => {
    assert.deepEqual(await reconciled(life), [
      { file: "account.json", rows_in: 13, plays_kept: 4, ...nothingDropped, covered: 9 },
      { file: "extended.json", rows_in: 11, plays_kept: 11, ...nothingDropped },
    ]);
  });

  await context.test("gives its plays the song that the extended history knows, and no track id", async () => {
    assert.deepEqual(
      await life.query(`select plays.track_id, songs.track_id as song_track_id, songs.play_count, songs.track_count
        from silver.plays inner join silver.songs on plays.song_id = songs.song_id
        where plays.source_kind = 'account' and plays.track_name = 'One'`),
      [{ track_id: null, song_track_id: "AnnOne0000000000000000", play_count: 2, track_count: 1 }],
    );
  });

  await context.test("says nothing of skips and private sessions", async () => {
    assert.deepEqual(
      await life.query(`select distinct is_skipped, is_private, is_offline_batch from silver.plays
        where source_kind = 'account'`),
      [{ is_skipped: null, is_private: false, is_offline_batch: false }],
    );
  });
});

test("account exports that overlap", async (context) => {
  const life = await newLife(context, "UTC", models);
  const short = (minute: string, name: string, seconds: number) =>
    accountRow(`2023-01-01 ${minute}`, `Bob - ${name}`, seconds * 1000);
  // One export in two files that share the minute 12:00; then one of later, which reaches back to 10:01.
  const first = accountFile("first_0.json", [
    short("10:00", "P", 40),
    short("10:01", "P", 5),
    short("10:01", "P", 7),
    short("12:00", "Q", 1),
    short("12:00", "Q", 1),
  ]);
  const firstGoesOn = accountFile("first_1.json", [short("12:00", "Q", 1), short("12:30", "R", 50)]);
  const second = accountFile("second_0.json", [
    short("10:01", "P", 5),
    short("10:01", "P", 9),
    short("10:01", "P", 7),
    short("12:00", "Q", 1),
    short("12:00", "Q", 1),
    short("12:30", "R", 50),
    short("13:00", "S", 60),
  ]);
  const expected = [
    ["10:00", "P", 40],
    ["10:01", "P", 9],
    ["10:01", "P", 7],
    ["10:01", "P", 5],
    ["12:00", "Q", 1],
    ["12:00", "Q", 1],
    ["12:00", "Q", 1],
    ["12:30", "R", 50],
    ["13:00", "S", 60],
  ].map(([minute, name, seconds]) => ({
    ended: `01 ${String(minute)}:00`,
    track_name: name,
    ms_played: Number(seconds) * 1000,
    source_kind: "account",
  }));

  await life.land(first, firstGoesOn, second);
  await life.build();

  await context.test(
    "keep as many equal plays as the export with most of them, the files of one export added up",
    async () => {
      assert.deepEqual(await playsOf(life), expected);
    },
  );

  await context.test("account for every row", async () => {
    const [totals] = await life.query(`select sum(rows_in)::int as rows_in, sum(plays_kept)::int as kept,
      sum(overlapping_account_rows)::int as overlapping, sum(rows_covered_by_extended)::int as covered
      from silver.play_reconciliation`);
    assert.deepEqual(totals, { rows_in: 14, kept: 9, overlapping: 5, covered: 0 });
  });

  await context.test("gain nothing from the same rows under another digest", async () => {
    await life.land({ ...first, salt: "pretty printed" });
    await life.build();
    assert.deepEqual(await playsOf(life), expected);
  });
});

test("copies in extended histories are dropped for the reason that holds, once each", async (context) => {
  const life = await newLife(context, "UTC", models);
  const play = trackRow("2024-02-02 10:00:00", "Cy - One", { offline_at: "2024-02-02 09:57:00" });
  const nearly = { ...play, ms_played: 170_000, offline_at: "2024-02-02 09:57:01" };
  const other = trackRow("2024-02-02 11:00:00", "Cy - Two");
  await life.land(
    extendedFile("endsong_0.json", [play, play, nearly, other]),
    extendedFile("endsong_1.json", [{ ...play, ms_played: 160_000 }, other]),
  );
  await life.build();
  const rows = await life.query(`select sum(rows_in)::int as rows_in, sum(plays_kept)::int as kept,
    sum(exact_copies)::int as exact, sum(near_copies)::int as near, sum(other_file_copies)::int as other_file
    from silver.play_reconciliation`);
  assert.deepEqual(rows, [{ rows_in: 6, kept: 2, exact: 1, near: 1, other_file: 2 }]);
  assert.deepEqual(await life.query("select max(ms_played) as longest from silver.plays"), [{ longest: 180_000 }]);
});
