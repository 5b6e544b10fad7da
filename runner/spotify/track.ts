import * as z from "zod";

// Spotify adds fields and takes some away: what is not named here is let go, what may be missing is null.
const artist = z.object({ id: z.string().nullish(), name: z.string() }).transform(({ id, name }) => ({
  artistId: id ?? null,
  artistName: name,
}));

const album = z
  .object({
    id: z.string().nullish(),
    name: z.string().nullish(),
    album_type: z.string().nullish(),
    release_date: z.string().nullish(),
    release_date_precision: z.enum(["year", "month", "day"]).nullish(),
  })
  .transform((it) => ({
    albumId: it.id ?? null,
    albumName: it.name ?? null,
    albumType: it.album_type ?? null,
    releaseDate: it.release_date ?? null,
    releaseDatePrecision: it.release_date_precision ?? null,
  }));

/** A track as the Web API shows it, parsed; one of the user's own files is `isLocal` and has neither id nor album. */
export const track = z
  .object({
    type: z.literal("track").default("track"),
    id: z.string().nullish(),
    uri: z.string(),
    name: z.string(),
    duration_ms: z.int().nonnegative(),
    explicit: z.boolean().nullish(),
    is_local: z.boolean().nullish(),
    external_ids: z.object({ isrc: z.string().nullish() }).nullish(),
    album: album.nullish(),
    artists: z.array(artist).readonly(),
  })
  .transform((it) => ({
    trackId: it.id ?? null,
    trackUri: it.uri,
    trackName: it.name,
    durationMs: it.duration_ms,
    isExplicit: it.explicit ?? null,
    isLocal: it.is_local ?? (it.id ?? null) === null,
    isrc: it.external_ids?.isrc ?? null,
    album: it.album ?? null,
    artists: it.artists,
  }));

/** A track: `releaseDate` is YYYY, YYYY-MM or YYYY-MM-DD as its precision says; durations in milliseconds. */
export type Track = Readonly<z.infer<typeof track>>;
