import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import type { VarValue } from "../project/project.ts";

/** The user's app and where Spotify is. */
export interface SpotifySettings {
  /** Client ID of the app in Spotify's developer dashboard. */
  readonly clientId: string;
  /** Base URL of authorize and token, without a slash at the end. */
  readonly accountsUrl: string;
  /** Base URL of the Web API with its version, without a slash at the end. */
  readonly apiUrl: string;
  /** Port of the login's callback on 127.0.0.1; null: a free one. */
  readonly redirectPort: number | null;
}

/** The vars that these settings are read from; all may be null, the client ID only as long as Spotify is not asked. */
export const spotifyVars = [
  "spotify_client_id",
  "spotify_redirect_port",
  "spotify_accounts_url",
  "spotify_api_url",
] as const;

type SpotifyVar = (typeof spotifyVars)[number];

const schemas = {
  spotify_client_id: z.string().regex(/^[0-9a-f]{32}$/i, "is not the 32 hexadecimal digits of a client ID"),
  spotify_redirect_port: z.coerce
    .number()
    .refine((port) => Number.isInteger(port) && port > 0 && port < 65536, "is not a port between 1 and 65535")
    .nullable(),
  spotify_accounts_url: serverUrl("https://accounts.spotify.com"),
  spotify_api_url: serverUrl("https://api.spotify.com/v1"),
} satisfies Record<SpotifyVar, z.ZodType>;

/** Reads the settings from the project's vars; a ProjectError says what is missing and how to get it. */
export function parseSpotifySettings(vars: Readonly<Record<string, VarValue>>): SpotifySettings {
  return {
    clientId: read("spotify_client_id", schemas.spotify_client_id, vars),
    redirectPort: read("spotify_redirect_port", schemas.spotify_redirect_port, vars),
    accountsUrl: read("spotify_accounts_url", schemas.spotify_accounts_url, vars),
    apiUrl: read("spotify_api_url", schemas.spotify_api_url, vars),
  };
}

function read<T>(name: SpotifyVar, schema: z.ZodType<T>, vars: Readonly<Record<string, VarValue>>): T {
  const value = vars[name] ?? null;
  if (name === "spotify_client_id" && value === null) throw unconfigured();
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProjectError([
    { path: `the var ${name}`, message: parsed.error.issues[0]?.message ?? "is not understood" },
  ]);
}

/** Tokens go there: never in the clear, except to this machine. */
function serverUrl(standard: string): z.ZodType<string> {
  return z
    .string("is not a URL")
    .nullable()
    .transform((text) => (text ?? standard).replace(/\/+$/, ""))
    .refine(isSafeUrl, "is neither an https URL nor one of 127.0.0.1");
}

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && (hostname === "127.0.0.1" || hostname === "[::1]"));
}

function unconfigured(): ProjectError {
  const hint =
    "Make an app at https://developer.spotify.com/dashboard (its owner needs Premium), give it the redirect URI\n" +
    "http://127.0.0.1/callback and the Web API, and set TONEARM_SPOTIFY_CLIENT_ID to its client ID. There is no secret to set.";
  return new ProjectError([
    { path: "the var spotify_client_id", message: "is not set, so Spotify is not asked", hint },
  ]);
}
