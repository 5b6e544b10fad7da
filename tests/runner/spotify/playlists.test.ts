import assert from "node:assert/strict";
import { test } from "node:test";

import { createPrivatePlaylist, listOwnPlaylists } from "../../../runner/spotify/playlists.ts";
import { replacePlaylistItems } from "../../../runner/spotify/replace-playlist-items.ts";
import { RefusedError, UnreachableError } from "../../../runner/spotify/spotify-errors.ts";
import type { FakePlaylist } from "../../support/fake-spotify-state.ts";
import { withSpotifyBench } from "../../support/spotify-bench.ts";

const suggestions = { name: "Suggestions", description: "By Tonearm" };

function playlist(id: string, changes: Partial<FakePlaylist> = {}): FakePlaylist {
  return { id, ownerId: "planted-user", name: id, description: "", isPublic: true, uris: [], ...changes };
}

function urisOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `spotify:track:${String(index).padStart(22, "0")}`);
}

test("the playlists of the user's own are listed, page by page, not those of others", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.state.playlists = Array.from({ length: 101 }, (_, index) =>
      playlist(`p${index}`, { ownerId: index % 2 === 0 ? "planted-user" : "somebody" }),
    );
    const own = await listOwnPlaylists(client);
    assert.deepEqual(
      own.map(({ id }) => id),
      Array.from({ length: 51 }, (_, index) => `p${index * 2}`),
    );
    assert.deepEqual(own[0], { id: "p0", name: "p0", uri: "spotify:playlist:p0", description: "" });
    assert.deepEqual(takeRequests(), [
      "GET /v1/me",
      "GET /v1/me/playlists?limit=50&offset=0",
      "GET /v1/me/playlists?limit=50&offset=50",
      "GET /v1/me/playlists?limit=50&offset=100",
    ]);
  }));

test("a playlist is made private", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const made = await createPrivatePlaylist(client, suggestions);
    assert.deepEqual(made, {
      id: "playlist00000000000003",
      name: "Suggestions",
      uri: "spotify:playlist:playlist00000000000003",
      description: "By Tonearm",
    });
    assert.deepEqual(fake.state.playlists, [
      playlist("playlist00000000000003", { name: "Suggestions", description: "By Tonearm", isPublic: false }),
    ]);
    assert.equal(fake.requests.at(-1)?.body, '{"name":"Suggestions","description":"By Tonearm","public":false}');
  }));

for (const kind of ["reset", "cut", "truncate"] as const) {
  test(`a playlist whose answer is lost (${kind}) is found again and not made twice`, () =>
    withSpotifyBench(async ({ client, fake }) => {
      fake.state.playlists = [playlist("older", { name: "Suggestions" })];
      let isFirst = true;
      fake.chooseFault = ({ method }) => {
        if (method !== "POST" || !isFirst) return null;
        isFirst = false;
        return { kind, isDone: true };
      };
      const made = await createPrivatePlaylist(client, suggestions);
      assert.equal(made.id, "playlist00000000000003");
      assert.deepEqual(
        fake.state.playlists.map(({ id }) => id),
        ["playlist00000000000003", "older"],
      );
    }));
}

test("a playlist that was not made is tried again, 3 times", () =>
  withSpotifyBench(async ({ client, fake, slept }) => {
    let posts = 0;
    fake.chooseFault = ({ method }) => (method === "POST" && ++posts < 3 ? { kind: "status", status: 502 } : null);
    await createPrivatePlaylist(client, suggestions);
    assert.equal(fake.state.playlists.length, 1);
    assert.deepEqual(slept, [1500, 3000]);
    posts = -10;
    await assert.rejects(createPrivatePlaylist(client, suggestions), UnreachableError);
    assert.equal(posts, -7);
  }));

for (const count of [0, 1, 100, 101, 250]) {
  test(`${count} items become the whole content of a playlist, in their order`, () =>
    withSpotifyBench(async ({ client, fake, takeRequests }) => {
      fake.state.playlists = [playlist("mine", { uris: urisOf(7).toReversed() })];
      await replacePlaylistItems(client, "mine", urisOf(count));
      assert.deepEqual(fake.state.playlists[0]?.uris, urisOf(count));
      const additions = Math.max(0, Math.ceil(count / 100) - 1);
      assert.deepEqual(takeRequests(), [
        "PUT /v1/playlists/mine/items",
        ...Array.from({ length: additions }, () => "POST /v1/playlists/mine/items"),
      ]);
    }));
}

test("replacing twice leaves the same content", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.playlists = [playlist("mine")];
    await replacePlaylistItems(client, "mine", urisOf(150));
    await replacePlaylistItems(client, "mine", urisOf(150));
    assert.deepEqual(fake.state.playlists[0]?.uris, urisOf(150));
  }));

test("an addition whose answer is lost doubles nothing", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.state.playlists = [playlist("mine")];
    let posts = 0;
    fake.chooseFault = ({ method }) => (method === "POST" && ++posts === 1 ? { kind: "reset", isDone: true } : null);
    await replacePlaylistItems(client, "mine", urisOf(250));
    assert.deepEqual(fake.state.playlists[0]?.uris, urisOf(250));
    assert.deepEqual(
      takeRequests().map((request) => request.split(" ")[0]),
      ["PUT", "POST", "PUT", "POST", "POST"],
    );
  }));

test("the playlist of someone else is refused", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.state.playlists = [playlist("theirs", { ownerId: "somebody" })];
    await assert.rejects(
      replacePlaylistItems(client, "theirs", urisOf(1)),
      (error) => error instanceof RefusedError && error.status === 403,
    );
  }));
