import { prng } from "../../runner/prng.ts";
import type { BronzeFile, BronzeRow } from "./bronze.ts";
import { trackId, trackRow } from "./life.ts";

/** Songs that sound alike, at the place of one of the names of seed mood_states. */
export interface Heap {
  readonly name: string;
  readonly songs: number;
  readonly features: Readonly<Record<string, number>>;
}

export const heaps: readonly Heap[] = [
  heap("Energetic Joy", 50, { valence: 0.75, energy: 0.75, danceability: 0.8, acousticness: 0.05, tempo: 128 }),
  heap("Peaceful Contentment", 40, { valence: 0.65, energy: 0.3, danceability: 0.5, acousticness: 0.7, tempo: 90 }),
  heap("Intense Focus", 30, { valence: 0.3, energy: 0.75, danceability: 0.4, instrumentalness: 0.8, tempo: 150 }),
  heap("Melancholic Reflection", 20, { valence: 0.25, energy: 0.25, danceability: 0.2, speechiness: 0.3, tempo: 70 }),
];

function heap(name: string, songs: number, features: Readonly<Record<string, number>>): Heap {
  const usual = { acousticness: 0.2, instrumentalness: 0.02, speechiness: 0.05, liveness: 0.15, loudness: -8 };
  return { name, songs, features: { ...usual, ...features } };
}

/** Stays, should a test run into another day. */
const now = Date.now();

/** The local day in UTC that lies so many days after today. */
export function today(days: number): string {
  return new Date(now + days * 86_400_000).toISOString().slice(0, 10);
}

/** A file that landed today, as one that tells of these days must. */
export function landedToday(file: BronzeFile): BronzeFile {
  return { ...file, landedAt: `${today(0)} 00:00:02` };
}

/** The heap of the song of that title. */
export function heapOf(title: string): Heap | undefined {
  return heaps.find(({ name }) => title.startsWith(name));
}

/** A song of a heap, as `artist - title`. */
export function songOf({ name }: Heap, number: number): string {
  const letters = `${String.fromCharCode(65 + Math.floor(number / 26))}${String.fromCharCode(65 + (number % 26))}`;
  return `Artist ${name.slice(0, 3)}${letters} - ${name} ${letters}`;
}

/** Plays of so many days up to yesterday: 7 a day of the calm heaps, 14 at weekends of the loud ones; and all songs. */
export function plan(days: number): { readonly rows: readonly BronzeRow[]; readonly songs: readonly BronzeRow[] } {
  const [calm, loud] = [false, true].map((isLoud) =>
    heaps
      .filter(({ features }) => (features["energy"] ?? 0) > 0.5 === isLoud)
      .flatMap((one) => Array.from({ length: one.songs }, (_, number) => songOf(one, number))),
  );
  const rows: BronzeRow[] = [];
  for (let day = -days; day < 0; day++) {
    const isWeekend = [0, 6].includes(new Date(`${today(day)}T00:00:00Z`).getUTCDay());
    const own = (isWeekend ? loud : calm) ?? [];
    for (let play = 0; play < (isWeekend ? 14 : 7); play++) {
      // In long steps through all songs, so that each day has some of each heap.
      const song = own[(rows.length * 37) % own.length] ?? "";
      rows.push(trackRow(`${today(day)} 12:${String(4 * play).padStart(2, "0")}:00`, song));
    }
  }
  const random = prng("heaps of songs");
  const songs = heaps.flatMap((one) =>
    Array.from({ length: one.songs }, (_, number) => {
      const [artist = "", title = ""] = songOf(one, number).split(" - ");
      const features = Object.entries(one.features).map(([name, value]) => {
        const spread = value * 0.08;
        return [name, Number((value + random.between(-spread, spread)).toFixed(4))] as const;
      });
      return {
        track_id: trackId(songOf(one, number)),
        track_name: title,
        artists: artist,
        track_genre: "pop",
        ...Object.fromEntries(features),
      };
    }),
  );
  return { rows, songs: songs.map((song, index) => ({ line_number: index + 2, ...song })) };
}
