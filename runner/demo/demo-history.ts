import type { DemoPlay } from "./demo-playback.ts";
import type { DemoSession } from "./demo-sessions.ts";
import { itemAt, type Prng } from "../prng.ts";
import { type SpotifyRow, spotifyRow } from "./spotify-row.ts";

/** The rows of an extended streaming history, as they lie in its audio files and in its video file. */
export interface DemoHistory {
  readonly audio: readonly (readonly SpotifyRow[])[];
  readonly video: readonly SpotifyRow[];
}

/** The history Spotify would export of these plays, with the irregularities that real exports have. */
export function demoHistory(plays: readonly DemoPlay[], random: Prng): DemoHistory {
  const uploads = uploadTimes(plays);
  const recorded = plays.map((play) => {
    // Now and then a play is reported late, so that it seems to overlap the next one.
    const delay = !play.session.isOffline && random.chance(0.012) ? random.integer(6_000, 45_000) : 0;
    const uploadedAt = uploads.get(play.session) ?? play.endedAt + delay;
    return { row: spotifyRow(nameless(play, random), uploadedAt, random), isVideo: play.isVideo };
  });
  const audio = sorted(recorded.filter(({ isVideo }) => !isVideo).map(({ row }) => row));
  const video = sorted(recorded.filter(({ isVideo }) => isVideo).map(({ row }) => row));
  const copied = audio.flatMap((row) => [row, ...copies(row, random)]);
  const files = [copied.slice(0, rowsInFirstFile), copied.slice(rowsInFirstFile)];
  return { audio: [files[0] ?? [], sorted([...strays(copied, random), ...(files[1] ?? [])])], video };
}

const rowsInFirstFile = 10_000;

/** An offline batch reaches Spotify as a whole, some minutes after its last play ended. */
function uploadTimes(plays: readonly DemoPlay[]): ReadonlyMap<DemoSession, number> {
  const times = new Map<DemoSession, number>();
  for (const { session, endedAt } of plays) if (session.isOffline) times.set(session, endedAt + 260_000);
  return times;
}

/** Spotify itself gives some rows no name. */
function nameless(play: DemoPlay, random: Prng): DemoPlay {
  return play.item.kind === "track" && random.chance(0.0012) ? { ...play, item: { kind: "unknown" } } : play;
}

/** Exact and near copies of a row, as real exports have them beside it. */
function copies(row: SpotifyRow, random: Prng): readonly SpotifyRow[] {
  if (row.spotify_track_uri === null || !random.chance(0.007)) return [];
  const kind = random.weighted([
    ["exact", 5],
    ["shorter", 2],
    ["later", 1],
    ["timeless", 1],
  ] as const);
  const { ms_played, offline_timestamp } = row;
  const changes = {
    exact: {},
    shorter: { ms_played: Math.max(0, ms_played - random.integer(150, 4000)) },
    later: { offline_timestamp: offline_timestamp === null ? null : offline_timestamp + random.integer(1, 2) },
    timeless: { offline_timestamp: null },
  } satisfies Record<typeof kind, Partial<SpotifyRow>>;
  return [{ ...row, ...changes[kind] }];
}

/** A few rows of the first file stand in the second one again. */
function strays(rows: readonly SpotifyRow[], random: Prng): readonly SpotifyRow[] {
  return Array.from({ length: 14 }, () => itemAt(rows, random.integer(0, rowsInFirstFile - 1)));
}

/** By the end of the play; equal ones stay as they were. */
function sorted(rows: readonly SpotifyRow[]): readonly SpotifyRow[] {
  return rows.toSorted((left, right) => (left.ts < right.ts ? -1 : left.ts > right.ts ? 1 : 0));
}
