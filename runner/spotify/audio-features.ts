import * as z from "zod";

import type { SpotifyClient } from "./client.ts";
import { explainParsing } from "./explain-parsing.ts";
import { isFeaturesRefused, rememberFeaturesRefused } from "./features-refused.ts";
import { UnexpectedAnswerError } from "./spotify-errors.ts";
import { isSpotifyId } from "./tracks.ts";

const share = z.number().min(0).max(1);

const audioFeatures = z
  .object({
    danceability: share,
    energy: share,
    key: z.int().min(-1).max(11),
    loudness: z.number(),
    mode: z.int().min(0).max(1),
    speechiness: share,
    acousticness: share,
    instrumentalness: share,
    liveness: share,
    valence: share,
    tempo: z.number().nonnegative(),
    time_signature: z.int().nonnegative(),
    duration_ms: z.int().nonnegative(),
  })
  .transform(({ time_signature: timeSignature, duration_ms: durationMs, ...features }) => ({
    ...features,
    timeSignature,
    durationMs,
  }));

/** Sound of a track in Spotify's figures: shares from 0 to 1, loudness in decibels, tempo in beats a minute, key -1 when unknown. */
export type AudioFeatures = Readonly<z.infer<typeof audioFeatures>>;

/** `none`: this track has no features; `refused`: this app gets none at all, remembered and not asked again. */
export type FeaturesAnswer =
  | { readonly kind: "found"; readonly features: AudioFeatures }
  | { readonly kind: "none" }
  | { readonly kind: "refused" };

/** The audio features of a track, which only apps made before 2024-11-27 get. */
export async function getAudioFeatures(client: SpotifyClient, trackId: string): Promise<FeaturesAnswer> {
  if (!isSpotifyId(trackId)) return { kind: "none" };
  if (await isFeaturesRefused(client.context)) return { kind: "refused" };
  const path = `/audio-features/${trackId}`;
  const request = { bucket: "audio-features", method: "GET", path, expected: [403, 404] } as const;
  const { status, json, place } = await client.request(request);
  if (status === 404) return { kind: "none" };
  if (status === 403) {
    await rememberFeaturesRefused(client.context);
    return { kind: "refused" };
  }
  const parsed = audioFeatures.safeParse(json);
  if (parsed.success) return { kind: "found", features: parsed.data };
  throw new UnexpectedAnswerError(place, explainParsing(parsed.error));
}
