import assert from "node:assert/strict";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import * as z from "zod";

import type { FakePlaylist } from "../../support/fake-spotify-state.ts";
import { type SpotifyLife, withSpotifyLife } from "../../support/spotify-life.ts";

const heading = "playlist_name,playlist_purpose,track_name,track_id,position";

/** An id as long as Spotify's. */
const id = (name: string): string => name.padEnd(22, "0");
const uri = (name: string): string => `spotify:track:${id(name)}`;

/** Puts suggestions into the release: playlist, title and id, a song a line. */
async function suggest({ write, run }: SpotifyLife, ...songs: readonly string[]): Promise<void> {
  const rows = songs.map((song, index) => {
    const [name = "", title = "", trackId = ""] = song.split(" / ");
    return `${name},Music to ${name.toLowerCase()} to,${title},${trackId},${index + 1}`;
  });
  await write({ "seeds/suggestions.csv": `${[heading, ...rows].join("\n")}\n` });
  const { code, stdout } = await run("build");
  assert.equal(code, 0, stdout);
}

function contents({ fake }: SpotifyLife): readonly (readonly unknown[])[] {
  return fake.state.playlists.map(({ name, isPublic, uris }) => [name, isPublic, uris]);
}

async function remembered({ dataDir }: SpotifyLife): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(dataDir, "spotify", "playlists.json"), "utf8");
  return z.record(z.string(), z.string()).parse(JSON.parse(text));
}

test("suggested playlists are published as private ones, and published again they are the same", (context) =>
  withSpotifyLife(context, async (life) => {
    const { run, fake, dataDir, logIn } = life;
    await logIn();
    await suggest(
      life,
      `Calm / Sea / ${id("sea")}`,
      `Calm / Unknown / `,
      `Calm / Sky / ${id("sky")}`,
      `Run / Up / ${id("up")}`,
    );
    const first = await run("playlists", "publish");
    assert.equal(first.code, 0, first.stderr);
    assert.equal(
      first.stdout,
      "playlist  songs\n────────  ─────  ────\nCalm          2  made\nRun           1  made\n",
    );
    assert.equal(first.stderr, "Calm: Unknown is left out, for no source tells its id on Spotify.\n");
    const wanted = [
      ["Run", false, [uri("up")]],
      ["Calm", false, [uri("sea"), uri("sky")]],
    ];
    assert.deepEqual(contents(life), wanted);
    assert.equal(
      fake.state.playlists[1]?.description,
      "Music to calm to. Made by Tonearm, which replaces its content.",
    );
    const [run1, calm1] = fake.state.playlists;
    assert.deepEqual(await remembered(life), { Calm: calm1?.id, Run: run1?.id });
    assert.equal((await stat(join(dataDir, "spotify", "playlists.json"))).mode & 0o777, 0o600);
    // What the user adds to ours is replaced.
    calm1?.uris.push(uri("added"));
    const second = await run("playlists", "publish");
    assert.equal(
      second.stdout,
      "playlist  songs\n────────  ─────  ────────\nCalm          2  replaced\nRun           1  replaced\n",
    );
    assert.deepEqual(contents(life), wanted);
    assert.equal(fake.requests.filter(({ method }) => method === "POST").length, 2);
  }));

test("a playlist that is suggested no more is emptied and said, and filled again when it comes back", (context) =>
  withSpotifyLife(context, async (life) => {
    await life.logIn();
    await suggest(life, `Calm / Sea / ${id("sea")}`, `Run / Up / ${id("up")}`);
    await life.run("playlists", "publish");
    await suggest(life, `Run / Up / ${id("up")}`);
    const { code, stdout } = await life.run("playlists", "publish");
    assert.equal(code, 0);
    assert.match(stdout, /^Calm +0 +emptied$/m);
    assert.match(stdout, /No longer suggested, hence empty: Calm\. Only you can delete them, in Spotify\.\n$/);
    assert.deepEqual(contents(life), [
      ["Run", false, [uri("up")]],
      ["Calm", false, []],
    ]);
    await suggest(life, `Calm / Sky / ${id("sky")}`, `Run / Up / ${id("up")}`);
    await life.run("playlists", "publish");
    assert.deepEqual(contents(life), [
      ["Run", false, [uri("up")]],
      ["Calm", false, [uri("sky")]],
    ]);
  }));

test("a playlist of ours is known by its id, or by name and mark where that was lost; nobody else's is touched", (context) =>
  withSpotifyLife(context, async (life) => {
    const { fake, run, dataDir, logIn } = life;
    const theirs: FakePlaylist = {
      id: "theirs",
      ownerId: fake.state.userId,
      name: "Calm",
      description: "Of my own",
      isPublic: true,
      uris: [uri("mine")],
    };
    fake.state.playlists.push(theirs);
    await logIn();
    await suggest(life, `Calm / Sea / ${id("sea")}`);
    await run("playlists", "publish");
    const ours = fake.state.playlists.find(({ id: known }) => known !== "theirs");
    assert.ok(ours !== undefined, "a second one of that name was made");

    await context.test("as after a kill between making and remembering it", async () => {
      await rm(join(dataDir, "spotify", "playlists.json"));
      await run("playlists", "publish");
      assert.deepEqual(await remembered(life), { Calm: ours.id });
      assert.equal(fake.state.playlists.length, 2);
    });
    await context.test("renamed by the user, it keeps that name", async () => {
      ours.name = "Evenings";
      ours.description = "";
      ours.uris = [];
      await run("playlists", "publish");
      assert.deepEqual([ours.name, ours.uris], ["Evenings", [uri("sea")]]);
      assert.equal(fake.state.playlists.length, 2);
    });
    await context.test("deleted by the user, it is made anew", async () => {
      fake.state.playlists = [theirs];
      await run("playlists", "publish");
      assert.deepEqual(contents(life), [
        ["Calm", false, [uri("sea")]],
        ["Calm", true, [uri("mine")]],
      ]);
      assert.deepEqual(await remembered(life), { Calm: fake.state.playlists[0]?.id });
    });
  }));

test("what stands in the way of a publish is named", (context) =>
  withSpotifyLife(context, async (life) => {
    const { run, fake, logIn } = life;
    for (const args of [[], ["delete"], ["publish", "Calm"]]) {
      const { code, stderr } = await run("playlists", ...args);
      assert.equal(code, 2);
      assert.match(stderr, /npm run playlists -- publish\n$/);
    }
    const unbuilt = await run("playlists", "publish");
    assert.equal(unbuilt.code, 1);
    assert.match(unbuilt.stderr, /personalized_playlist_suggestions has not been built yet/);
    await suggest(life);
    const loggedOut = await run("playlists", "publish");
    assert.equal(loggedOut.code, 1);
    assert.match(loggedOut.stderr, /there is no login with Spotify\n\nLog in again: npm run login\n$/);
    await logIn();
    const nothing = await run("playlists", "publish");
    assert.equal(nothing.code, 0);
    assert.match(nothing.stdout, /suggests no playlist/);
    fake.failNext("/v1/me", { kind: "quota", retryAfterSeconds: 7200 });
    const banned = await run("playlists", "publish");
    assert.equal(banned.code, 1);
    assert.match(banned.stderr, /^Spotify, playlists has used up its limit: closed until 20/);
  }));
