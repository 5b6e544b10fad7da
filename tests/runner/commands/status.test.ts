import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { closeBucket } from "../../../runner/spotify/closed-buckets.ts";
import { saveTokens, tokenPath } from "../../../runner/spotify/token-store.ts";
import { extendedFile, landInBronze, pollFile } from "../../support/bronze.ts";
import { trackRow } from "../../support/life.ts";
import { benchTokens } from "../../support/spotify-bench.ts";
import { withSpotifyLife } from "../../support/spotify-life.ts";
import { scratchProject } from "../../support/tonearm.ts";

const hourMs = 3_600_000;

function minute(moment: Date): string {
  return moment.toISOString().slice(0, 16).replace("T", " ");
}

/** The stages stand in a table of their own, whose times are of now. */
function withoutStages(text: string): string {
  return text.replace(/\nSchedule\n[^]*\n(?=\nTimes)/, "");
}

test("without Spotify and before any build the status says so, and makes no folder", async (context) => {
  const { run, dataDir } = await scratchProject(context, {});
  const { code, stdout, stderr } = await run("status");
  assert.equal(code, 0, stderr);
  assert.equal(
    withoutStages(stdout),
    `Warehouse
  release     none yet: npm run pipeline
  newest play none yet

Spotify's Web API
  login       no app is set, so Spotify is not asked; npm run login says how to get one
  last poll   none yet: npm run ingest -- spotify
  landed      0 plays, 0 rows of tracks
  gaps        none
  closed      nothing

Times are UTC.
`,
  );
  assert.match(stdout, /Schedule\n {2}scheduler {3}not running: npm run schedule\n/);
  assert.match(stdout, /\n {2}poll {8}– +– +– {5}\d{4}-\d\d-\d\d \d\d:(00|15|30|45)\n/);
  assert.match(stdout, /\n {2}build {7}– +– +– {5}after bronze\n/);
  assert.equal(existsSync(dataDir), false);
});

test("the status tells of the release, what is held, the login, polls, gaps and limits", (context) =>
  withSpotifyLife(context, async ({ dataDir, fake, run, write }) => {
    const now = new Date();
    const before = (hours: number): Date => new Date(now.getTime() - hours * hourMs);
    await landInBronze(dataDir, [
      pollFile([{ ended_at: "2024-05-01 10:00:00", media_type: "track", track_name: "One", artist_name: "Ann" }]),
      pollFile(
        [{ ended_at: "2024-05-09 12:00:00", media_type: "track", track_name: "Two", artist_name: "Ann" }],
        [
          { from: "2024-05-01T10:00:00.000Z", to: "2024-05-07T08:00:00.000Z" },
          { from: "2024-05-08T10:00:00.000Z", to: "2024-05-09T08:00:00.000Z" },
        ],
      ),
      // Covers the first gap and not the second.
      extendedFile("Streaming_History_Audio_2024.json", [
        trackRow("2024-04-01 10:00:00", "Ann - One"),
        trackRow("2024-05-08 11:00:00", "Ann - Two"),
      ]),
      { table: "my_tracks_features", file: "tracks", sourceKind: "api", rows: [{ track_id: "a".repeat(22) }] },
    ]);
    assert.equal((await run("build")).code, 0);
    await write({
      "models/gold/favourites.sql":
        "/*---\ndescription: Broken.\n---*/\nselect error('no')::int as plays from {{ref 'plays'}}\n",
    });
    assert.equal((await run("build")).code, 1);
    // Half a day off, so that no day ends while the test runs.
    const authorizedAt = new Date(before(60 * 24 + 12));
    await saveTokens(dataDir, { ...benchTokens(fake), authorizedAt, refreshedAt: before(2.5) });
    await closeBucket(dataDir, "tracks", { retryAt: before(-5), now });
    const note = { polled_at: before(3.5).toISOString(), newest_play_at: null, landed: 1 };
    const failing = { since: before(2.5).toISOString(), reason: "Spotify the login has ended" };
    await writeFile(join(dataDir, "spotify", "last-poll.json"), JSON.stringify({ ...note, failing }));

    const { code, stdout, stderr } = await run("status");
    assert.equal(code, 0, stderr);
    const endsAt = new Date(authorizedAt);
    endsAt.setUTCDate(1);
    endsAt.setUTCMonth(endsAt.getUTCMonth() + 6);
    const lastDay = new Date(Date.UTC(endsAt.getUTCFullYear(), endsAt.getUTCMonth() + 1, 0)).getUTCDate();
    endsAt.setUTCDate(Math.min(authorizedAt.getUTCDate(), lastDay));
    const days = Math.floor((endsAt.getTime() - now.getTime()) / (24 * hourMs));
    const today = (text: string): string =>
      text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d \((just now|\d+ minutes? ago)\)/g, "NOW");
    assert.equal(
      withoutStages(today(stdout)).replace(/(favourites since) .*/, "$1 NOW"),
      `Warehouse
  release     2, published NOW
  held        favourites since NOW
  newest play 2024-05-09 12:00, told by Spotify's Web API

Spotify's Web API
  login       of ${authorizedAt.toISOString().slice(0, 10)}, tokens renewed 2 hours ago; the next one is due in ${days} days, by ${endsAt.toISOString().slice(0, 10)}
  last poll   ${minute(before(3.5))} (3 hours ago), 1 play landed
  failing     since ${minute(before(2.5))} (2 hours ago): Spotify the login has ended
  landed      2 plays, 1 row of tracks
  gaps        2024-05-08 10:00 to 2024-05-09 08:00
              Plays may be missing there; an export fills them.
  closed      tracks until ${minute(before(-5))}

Times are UTC.
`,
    );
  }));

test("a login that others can read is told of after all the rest, with 1", (context) =>
  withSpotifyLife(context, async ({ dataDir, run, logIn }) => {
    await logIn();
    await chmod(tokenPath(dataDir), 0o644);
    const { code, stdout, stderr } = await run("status");
    assert.equal(code, 1);
    assert.match(stdout, /login {7}cannot be read, see below\n/);
    assert.match(stderr, /can be read by others \(mode 644\), so the login is not used/);
  }));

test("a login of another app, and one that is over, ask for another", (context) =>
  withSpotifyLife(context, async ({ dataDir, fake, run }) => {
    await saveTokens(dataDir, { ...benchTokens(fake), clientId: "f".repeat(32) });
    assert.match((await run("status")).stdout, /login {7}of another app than spotify_client_id names: npm run login/);
    await saveTokens(dataDir, { ...benchTokens(fake), authorizedAt: new Date("2020-01-15T12:00:00Z") });
    assert.match((await run("status")).stdout, /login {7}over since 2020-07-15: npm run login\n/);
    await mkdir(join(dataDir, "spotify"), { recursive: true });
    await writeFile(join(dataDir, "spotify", "last-poll.json"), "{");
    const { code, stderr } = await run("status");
    assert.equal(code, 1);
    assert.match(stderr, /last-poll\.json the note of the last poll is damaged/);
  }));
