import { dayOf } from "./demo-calendar.ts";
import type { DemoPlay, PlayedItem } from "./demo-playback.ts";
import type { Device } from "./demo-week.ts";
import type { Prng } from "../prng.ts";

/** One row of an extended streaming history in today's layout; the fields stand in Spotify's order. */
export interface SpotifyRow {
  /** End of the play, UTC. */
  readonly ts: string;
  readonly platform: string;
  readonly ms_played: number;
  readonly conn_country: string;
  readonly ip_addr: string;
  readonly master_metadata_track_name: string | null;
  readonly master_metadata_album_artist_name: string | null;
  readonly master_metadata_album_album_name: string | null;
  readonly spotify_track_uri: string | null;
  readonly episode_name: string | null;
  readonly episode_show_name: string | null;
  readonly spotify_episode_uri: string | null;
  readonly audiobook_title: string | null;
  readonly audiobook_uri: string | null;
  readonly audiobook_chapter_uri: string | null;
  readonly audiobook_chapter_title: string | null;
  readonly reason_start: string;
  readonly reason_end: string;
  readonly shuffle: boolean;
  readonly skipped: boolean;
  readonly offline: boolean;
  /** Unix seconds. */
  readonly offline_timestamp: number | null;
  readonly incognito_mode: boolean;
}

/** The row Spotify would export for a play that reached it at `uploadedAt` (Unix ms). */
export function spotifyRow(play: DemoPlay, uploadedAt: number, random: Prng): SpotifyRow {
  const { session, reasonEnd } = play;
  return {
    ts: `${new Date(uploadedAt).toISOString().slice(0, 19)}Z`,
    platform: platform(session.day.country === "DE" ? session.occasion.device : "phone", session.day.day),
    ms_played: play.msPlayed,
    conn_country: session.isOffline && session.day.isFlight ? "ZZ" : session.day.country,
    // RFC 5737 keeps this address for documentation: nobody has it.
    ip_addr: "192.0.2.1",
    ...named(play.item),
    reason_start: play.reasonStart,
    reason_end: reasonEnd,
    shuffle: play.isShuffled,
    skipped: reasonEnd === "fwdbtn" || reasonEnd === "backbtn" || reasonEnd === "endplay",
    offline: session.isOffline,
    offline_timestamp: offlineTimestamp(play, random),
    incognito_mode: session.isPrivate,
  };
}

/** The listener changed from one telephone and one computer to another in these two years. */
function platform(device: Device, day: number): string {
  return platforms[device].findLast(({ since }) => day >= since)?.name ?? "unknown";
}

const platforms = {
  phone: [
    { since: 0, name: "android" },
    { since: dayOf("2023-11-24"), name: "ios" },
  ],
  desktop: [
    { since: 0, name: "windows" },
    { since: dayOf("2024-03-04"), name: "osx" },
  ],
  speaker: [{ since: 0, name: "Partner demo_speaker Kettlecast;Mini" }],
} satisfies Record<Device, readonly { readonly since: number; readonly name: string }[]>;

function offlineTimestamp({ session, startedAt }: DemoPlay, random: Prng): number | null {
  const isMissing = !session.isOffline && random.chance(0.02);
  return isMissing ? null : Math.floor(startedAt / 1000) + (session.isOffline ? 0 : random.integer(0, 2));
}

const nothing = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
  episode_name: null,
  episode_show_name: null,
  spotify_episode_uri: null,
  audiobook_title: null,
  audiobook_uri: null,
  audiobook_chapter_uri: null,
  audiobook_chapter_title: null,
} as const;

type Named = Pick<SpotifyRow, keyof typeof nothing>;

function named(item: PlayedItem): Named {
  switch (item.kind) {
    case "track":
      return {
        ...nothing,
        master_metadata_track_name: item.track.trackName,
        master_metadata_album_artist_name: item.artistName,
        master_metadata_album_album_name: item.track.albumName,
        spotify_track_uri: `spotify:track:${item.track.trackId}`,
      };
    case "episode":
      return {
        ...nothing,
        episode_name: item.name,
        episode_show_name: item.show,
        spotify_episode_uri: `spotify:episode:${item.id}`,
      };
    case "chapter":
      return {
        ...nothing,
        audiobook_title: item.book,
        audiobook_uri: `spotify:show:${item.bookId}`,
        audiobook_chapter_uri: `spotify:episode:${item.id}`,
        audiobook_chapter_title: item.name,
      };
    case "unknown":
      return nothing;
    default:
      return item satisfies never;
  }
}
