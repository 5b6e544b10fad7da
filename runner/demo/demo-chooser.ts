import type { DemoTrack } from "./demo-discography.ts";
import type { DemoSession } from "./demo-sessions.ts";
import { type DemoTaste, harmony, type KnownSong } from "./demo-taste.ts";
import { itemAt, type Prng } from "../prng.ts";

/** One song put on, in the release that was clicked. */
export interface Choice {
  readonly known: KnownSong;
  readonly track: DemoTrack;
}

/** Gives the next song of a session each time it is called. */
export type Chooser = () => Choice;

/** Makes the chooser of each session; playlists last for two months, then they are made anew. */
export function demoChooser(taste: DemoTaste, random: Prng): (session: DemoSession) => Chooser {
  const playlists = new Map<string, readonly KnownSong[]>();
  return (session) => {
    const attraction = taste.attraction(session.day.day, session.mood);
    const mix = mixOf(taste.songs, attraction, random);
    const byStyle = {
      mix: () => mix,
      podcast: () => mix,
      audiobook: () => mix,
      album: () => albumsOf(mix),
      artist: () => artistsOf(mix, session.day.day, random),
      playlist: () => {
        const key = `${session.occasion.name} ${Math.floor(session.day.day / 61)}`;
        const songs = playlists.get(key) ?? playlistOf(taste.songs, attraction, random);
        playlists.set(key, songs);
        return inTurn(random.shuffled(songs), mix);
      },
    } satisfies Record<DemoSession["style"], () => () => KnownSong>;
    const next = byStyle[session.style]();
    const craze = taste.obsession(session.day.day);
    let isCraze = false;
    return () => {
      // What one is mad about is played again at once now and then.
      isCraze = random.chance(
        isCraze ? 0.3 : 0.03 + 0.12 * (craze === undefined ? 0 : harmony(craze.song, session.mood)),
      );
      const known = isCraze && craze !== undefined ? craze : next();
      return { known, track: releaseOf(known, session, random) };
    };
  };
}

/** Songs by attraction; one that was played already only when twenty draws find no other. */
function mixOf(songs: readonly KnownSong[], attraction: readonly number[], random: Prng): () => KnownSong {
  let total = 0;
  const sums = attraction.map((weight) => (total += weight));
  const played = new Set<KnownSong>();
  return () => {
    let known = itemAt(songs, firstAbove(sums, random.uniform() * total));
    for (let attempt = 0; attempt < 20 && played.has(known); attempt++) {
      known = itemAt(songs, firstAbove(sums, random.uniform() * total));
    }
    played.add(known);
    return known;
  };
}

/** Whole albums from the first song to the last. */
function albumsOf(mix: () => KnownSong): () => KnownSong {
  let rest: readonly KnownSong[] = [];
  return () => {
    if (rest.length === 0) {
      const { album, artist } = mix();
      rest = album.songs.map((song) => ({ song, album, artist }));
    }
    const [known, ...others] = rest;
    rest = others;
    return known ?? mix();
  };
}

/** One artist's songs, roughly the best ones first. */
function artistsOf(mix: () => KnownSong, day: number, random: Prng): () => KnownSong {
  const { artist } = mix();
  const songs = artist.albums
    .filter((album) => album.releasedOn <= day)
    .flatMap((album) =>
      album.songs.map((song) => ({ song, album, artist, order: song.appeal * random.between(0.5, 1) })),
    );
  return inTurn(
    songs.toSorted((left, right) => right.order - left.order),
    mix,
  );
}

function playlistOf(songs: readonly KnownSong[], attraction: readonly number[], random: Prng): readonly KnownSong[] {
  const left = new Map(songs.map((known, index) => [known, itemAt(attraction, index)]));
  return Array.from({ length: 36 }, () => {
    const known = random.weighted([...left]);
    left.delete(known);
    return known;
  });
}

function inTurn(songs: readonly KnownSong[], afterwards: () => KnownSong): () => KnownSong {
  let index = 0;
  return () => songs[index++] ?? afterwards();
}

function releaseOf({ song }: KnownSong, session: DemoSession, random: Prng): DemoTrack {
  const [album, single] = song.tracks;
  return single !== undefined && session.style !== "album" && random.chance(0.4) ? single : album;
}

function firstAbove(sums: readonly number[], value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (itemAt(sums, middle) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
