import type { SpotifyClient } from "./client.ts";
import { explainParsing } from "./explain-parsing.ts";
import { UnexpectedAnswerError } from "./spotify-errors.ts";
import { type Track, track } from "./track.ts";

/** What a Spotify ID looks like; nothing else is asked for. */
const spotifyId = /^[0-9A-Za-z]{22}$/;

/** The track with an id, to be stored under the id asked for, as Spotify may answer with a successor's; null when there is none. */
export async function getTrack(client: SpotifyClient, trackId: string): Promise<Track | null> {
  if (!isSpotifyId(trackId)) return null;
  const path = `/tracks/${trackId}`;
  const { status, json, place } = await client.request({ bucket: "tracks", method: "GET", path, expected: [404] });
  if (status === 404) return null;
  const parsed = track.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnexpectedAnswerError(place, explainParsing(parsed.error));
}

/** Whether a text can be the id of a track: 22 letters and digits. */
export function isSpotifyId(text: string): boolean {
  return spotifyId.test(text);
}
