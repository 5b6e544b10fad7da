import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { parse } from "yaml";
import * as z from "zod";

import { scopes } from "../../../runner/spotify/authorization.ts";
import type { FakeRequest } from "../../support/fake-spotify-request.ts";
import { withFakeSpotify } from "../../support/fake-spotify.ts";
import { loadSpotifyContract, recordingPath, skipWithoutRecordings } from "../../support/spotify-contract.ts";

const skip = { skip: skipWithoutRecordings };

function request(changes: Partial<Omit<FakeRequest, "query">> & { readonly query?: string }): FakeRequest {
  const { query = "", ...others } = changes;
  const blank = {
    method: "GET",
    path: "/v1/me/player/recently-played",
    authorization: null,
    contentType: null,
    body: "",
  };
  return { ...blank, ...others, query: new URLSearchParams(query) };
}

const items = { method: "PUT", path: "/v1/playlists/x/items", contentType: "application/json" };

const requests: readonly (readonly [FakeRequest, readonly string[]])[] = [
  [request({ query: "limit=50&after=1484811043508" }), []],
  [request({ query: "limit=51" }), ["the parameter limit:  must be <= 50"]],
  [request({ query: "after=today" }), ["the parameter after:  must be integer"]],
  [request({ query: "since=1" }), ["the parameter since is not in the file"]],
  [request({ path: "/v1/me/player/recent" }), ["GET /v1/me/player/recent is not in the file"]],
  [request({ body: "{}" }), ["a body where the file has none"]],
  [request({ ...items, body: '{"uris":["spotify:track:1"]}' }), []],
  [request({ ...items, body: '{"uris":[1]}' }), ["/uris/0 must be string"]],
  [request({ ...items, body: '{"tracks":[]}' }), ["the body's tracks is not in the file"]],
  [request({ ...items, contentType: "text/plain", body: "{}" }), ["the content type text/plain"]],
  [
    request({ method: "POST", path: "/v1/me/playlists", contentType: "application/json", body: '{"public":false}' }),
    [" must have required property 'name'"],
  ],
];

for (const [asked, troubles] of requests) {
  test(
    `the contract of ${asked.method} ${asked.path}?${asked.query.toString()} ${asked.body}: ${troubles.join() || "kept"}`,
    skip,
    async () => {
      const contract = await loadSpotifyContract();
      assert.deepEqual(contract?.checkRequest(asked), troubles);
    },
  );
}

test("an answer that is not as the file has it is noticed", skip, async () => {
  const contract = await loadSpotifyContract();
  const reply = (status: number, body: unknown): readonly string[] | undefined =>
    contract?.checkReply(request({}), { status, body });
  assert.deepEqual(reply(200, { items: [], next: null, cursors: null, limit: 50, href: "" }), []);
  assert.deepEqual(reply(200, { items: [{ played_at: "yesterday" }] }), [
    '/items/0/played_at must match format "date-time"',
  ]);
  assert.deepEqual(reply(200, { items: [{ track: { duration_ms: "1" } }] }), [
    "/items/0/track/duration_ms must be integer",
  ]);
  assert.deepEqual(reply(429, { error: { status: 429 } }), ["/error must have required property 'message'"]);
  assert.deepEqual(reply(202, {}), ["the file has no answer 202 here"]);
});

test("the recorded answers of 2026 keep the contract", skip, async () => {
  const contract = await loadSpotifyContract();
  const pairs = [
    ["recently_played_tracks.json", "/v1/me/player/recently-played"],
    ["audio_features.json", "/v1/audio-features/11dFghVXANMlKmJXsNCbNl"],
  ] as const;
  for (const [name, path] of pairs) {
    const body: unknown = JSON.parse(await readFile(recordingPath(name), "utf8"));
    assert.deepEqual(contract?.checkReply(request({ path }), { status: 200, body }), []);
  }
});

test("a client that breaks the contract fails its test", skip, async () => {
  await assert.rejects(
    withFakeSpotify(
      () => new Date(),
      async (fake) => void (await fetch(`${fake.url}/v1/me/player/recently-played?limit=500`)),
    ),
    /Against the contract:\nGET \/v1\/me\/player\/recently-played\?limit=500: the parameter limit:  must be <= 50/,
  );
});

test("the scopes asked for are Spotify's own", skip, async () => {
  const flow = z.looseObject({
    authorizationUrl: z.string(),
    tokenUrl: z.string(),
    scopes: z.record(z.string(), z.string()),
  });
  const { components } = z
    .looseObject({
      components: z.looseObject({
        securitySchemes: z.looseObject({
          oauth_2_0: z.looseObject({ flows: z.looseObject({ authorizationCode: flow }) }),
        }),
      }),
    })
    .parse(parse(await readFile(recordingPath("spotify-openapi-2026-05-30.yml"), "utf8")));
  const { authorizationUrl, tokenUrl, scopes: known } = components.securitySchemes.oauth_2_0.flows.authorizationCode;
  assert.deepEqual(
    [authorizationUrl, tokenUrl],
    ["https://accounts.spotify.com/authorize", "https://accounts.spotify.com/api/token"],
  );
  assert.deepEqual(
    scopes.filter((scope) => known[scope] === undefined),
    [],
  );
});
