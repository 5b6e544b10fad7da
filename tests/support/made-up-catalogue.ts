import { prng } from "../../runner/prng.ts";
import { type BronzeRow, catalogueFile, extendedFile } from "./bronze.ts";
import { type Life, trackId, trackRow } from "./life.ts";

/** 80 artists, Artist AA to Artist BD. */
export const artists = Array.from(
  { length: 80 },
  (_, at) => `Artist ${String.fromCharCode(65 + (at % 26))}${String.fromCharCode(65 + Math.floor(at / 26))}`,
);

/** 640 songs whose valence is their danceability and a little chance; energy and the rest tell nothing of it. */
export function madeUpCatalogue(seed: string): readonly BronzeRow[] {
  const chance = prng(seed);
  return artists.flatMap((artist, at) =>
    Array.from({ length: 8 }, (_, song) => {
      const danceability = Number(chance.uniform().toFixed(4));
      const name = `Song ${String.fromCharCode(65 + song)}`;
      return {
        line_number: 2 + at * 8 + song,
        track_id: trackId(`${artist} - ${name}`),
        track_name: name,
        artists: artist,
        danceability,
        valence: Math.min(1, Math.max(0, danceability + chance.between(-0.05, 0.05))),
        energy: Number(chance.uniform().toFixed(4)),
        track_genre: song % 2 === 0 ? "pop" : "rock",
      };
    }),
  );
}

/** Lands a play of the first song of each artist, a day apart, and the catalogue. */
export async function landCatalogue(life: Life): Promise<void> {
  const rows = artists.map((artist, day) =>
    trackRow(
      new Date(Date.UTC(2024, 0, 1 + day, 12)).toISOString().slice(0, 19).replace("T", " "),
      `${artist} - Song A`,
    ),
  );
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", rows),
    catalogueFile(madeUpCatalogue("a catalogue")),
  );
}
