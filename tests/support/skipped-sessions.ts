import { prng } from "../../runner/prng.ts";
import { type BronzeRow, catalogueFile, extendedFile } from "./bronze.ts";
import { type Life, trackId, trackRow } from "./life.ts";

/** How probable a skip is of a play that was chosen, and of one that follows another. */
export const skipRates = { clickrow: 0.1, trackdone: 0.6 } as const;

/** A play as it was planted. */
export interface PlannedPlay {
  readonly endedAt: string;
  readonly song: string;
  readonly reasonStart: keyof typeof skipRates;
  readonly isSkipped: boolean;
}

const days = 160;
const playsOfDay = 12;

/** 70 bright songs and 70 dark ones, each of an artist of its own. */
const songs = ["Bright", "Dark"].flatMap((mood) =>
  Array.from({ length: 70 }, (_, number) => {
    const letters = `${String.fromCharCode(65 + Math.floor(number / 26))}${String.fromCharCode(65 + (number % 26))}`;
    return `Artist ${mood}${letters} - ${mood} ${letters}`;
  }),
);

/** A session of 12 plays a day on 160 days in 2024, oldest first: four of five songs of one mood, skips by how a play began. */
export function planPlays(): readonly PlannedPlay[] {
  const random = prng("skipped sessions");
  return Array.from({ length: days }, (_, day) => {
    const own = songs.slice(...(random.chance(0.5) ? [0, 70] : [70, 140]));
    return Array.from({ length: playsOfDay }, (__, play): PlannedPlay => {
      const reasonStart = random.chance(0.4) ? "clickrow" : "trackdone";
      const endedAt = new Date(Date.UTC(2024, 0, 1 + day, 12, 4 * play)).toISOString().slice(0, 19).replace("T", " ");
      const song = random.pick(random.chance(0.8) ? own : songs);
      return { endedAt, song, reasonStart, isSkipped: random.chance(skipRates[reasonStart]) };
    });
  }).flat();
}

/** Lands these plays and a catalogue in which bright songs have a valence about 0.8, dark ones about 0.2. */
export async function landPlays(life: Life, plays: readonly PlannedPlay[]): Promise<void> {
  const rows = plays.map(({ endedAt, song, reasonStart, isSkipped }) =>
    trackRow(endedAt, song, {
      reason_start: reasonStart,
      ...(isSkipped && { ms_played: 10_000, reason_end: "fwdbtn" }),
    }),
  );
  await life.land(extendedFile("Streaming_History_Audio_2024.json", rows), catalogueFile(songs.map(describeSong)));
}

function describeSong(song: string, index: number): BronzeRow {
  const random = prng(song);
  const [artist = "", title = ""] = song.split(" - ");
  const about = (middle: number): number => Number(random.between(middle - 0.1, middle + 0.1).toFixed(4));
  const level = title.startsWith("Bright") ? 0.8 : 0.2;
  return {
    line_number: index + 2,
    track_id: trackId(song),
    track_name: title,
    artists: artist,
    valence: about(level),
    energy: about(level),
    danceability: about(level),
    acousticness: about(1 - level),
    speechiness: about(0.2),
    liveness: about(0.2),
    instrumentalness: about(0.2),
    loudness: random.between(-12, -6),
    tempo: random.between(80, 150),
  };
}
