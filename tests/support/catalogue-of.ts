import { type BronzeFile, type BronzeRow, catalogueFile } from "./bronze.ts";
import { trackId } from "./life.ts";

/** A catalogue of songs by `Artist - Title`; a feature left out is ordinary: 0.5, acousticness 0.2, instrumentalness 0, tempo 120. */
export function catalogueOf(songs: Readonly<Record<string, BronzeRow>>): BronzeFile {
  return catalogueFile(
    Object.entries(songs).map(([names, features], index) => {
      const [artist = "", title = ""] = names.split(" - ");
      return { line_number: index + 2, track_id: trackId(names), artists: artist, track_name: title, ...features };
    }),
  );
}
