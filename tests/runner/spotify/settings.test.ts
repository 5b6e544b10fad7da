import assert from "node:assert/strict";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { parseSpotifySettings } from "../../../runner/spotify/settings.ts";

const clientId = "0123456789abcdef0123456789ABCDEF";

test("a client ID is enough: the servers are Spotify's and the port is found", () => {
  const settings = { clientId, accountsUrl: "https://accounts.spotify.com", apiUrl: "https://api.spotify.com/v1" };
  assert.deepEqual(parseSpotifySettings({ spotify_client_id: clientId }), { ...settings, redirectPort: null });
  const nulls = { spotify_redirect_port: null, spotify_accounts_url: null, spotify_api_url: null };
  assert.deepEqual(parseSpotifySettings({ spotify_client_id: clientId, ...nulls }), {
    ...settings,
    redirectPort: null,
  });
});

test("servers and port are taken as numbers and as the environment's texts", () => {
  const vars = {
    spotify_client_id: clientId,
    spotify_accounts_url: "http://127.0.0.1:1/",
    spotify_api_url: "http://[::1]:2/v1",
  };
  const settings = { clientId, accountsUrl: "http://127.0.0.1:1", apiUrl: "http://[::1]:2/v1", redirectPort: 8888 };
  assert.deepEqual(parseSpotifySettings({ ...vars, spotify_redirect_port: 8888 }), settings);
  assert.deepEqual(parseSpotifySettings({ ...vars, spotify_redirect_port: "8888" }), settings);
});

const mistakes: readonly (readonly [Readonly<Record<string, string | number>>, RegExp])[] = [
  [{}, /^the var spotify_client_id is not set, so Spotify is not asked\n\nMake an app at https:/],
  [{ spotify_client_id: "my app" }, /^the var spotify_client_id is not the 32 hexadecimal digits of a client ID$/],
  [{ spotify_client_id: clientId, spotify_redirect_port: 0 }, /^the var spotify_redirect_port is not a port/],
  [{ spotify_client_id: clientId, spotify_redirect_port: "x" }, /^the var spotify_redirect_port /],
  [
    { spotify_client_id: clientId, spotify_api_url: "http://api.spotify.com/v1" },
    /^the var spotify_api_url is neither an https URL/,
  ],
  [{ spotify_client_id: clientId, spotify_api_url: "http://127.0.0.1.example.org" }, /is neither an https URL/],
  [
    { spotify_client_id: clientId, spotify_accounts_url: "here" },
    /^the var spotify_accounts_url is neither an https URL/,
  ],
];

for (const [vars, message] of mistakes) {
  test(`${JSON.stringify(vars)} is a mistake`, () => {
    assert.throws(
      () => parseSpotifySettings(vars),
      (error) => error instanceof ProjectError && error.exitCode === 2 && message.test(error.message),
    );
  });
}
