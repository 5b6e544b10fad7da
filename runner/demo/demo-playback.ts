import type { Choice, Chooser } from "./demo-chooser.ts";
import type { DemoSong, DemoTrack } from "./demo-discography.ts";
import type { DemoSession } from "./demo-sessions.ts";
import type { SpokenPart } from "./demo-spoken-word.ts";
import { harmony } from "./demo-taste.ts";
import type { SessionStyle } from "./demo-week.ts";
import type { Prng } from "../prng.ts";

/** What a row of an export can be about; `unknown` is what Spotify itself gives no name. */
export type PlayedItem =
  | { readonly kind: "track"; readonly artistName: string; readonly track: DemoTrack }
  | SpokenPart
  | { readonly kind: "unknown" };

export type ReasonStart = "trackdone" | "fwdbtn" | "backbtn" | "clickrow" | "playbtn" | "appload" | "remote";
export type ReasonEnd =
  | "trackdone"
  | "fwdbtn"
  | "backbtn"
  | "endplay"
  | "logout"
  | "remote"
  | "unexpected-exit-while-paused";

/** Something played once, from its start to its end. */
export interface DemoPlay {
  readonly session: DemoSession;
  readonly item: PlayedItem;
  /** Unix ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly msPlayed: number;
  readonly reasonStart: ReasonStart;
  readonly reasonEnd: ReasonEnd;
  readonly isShuffled: boolean;
  readonly isVideo: boolean;
}

/** How often the listener has heard each song so far, and the chance that decides what happens next. */
export interface Listener {
  readonly heard: Map<DemoSong, number>;
  readonly random: Prng;
}

/** Plays of songs until the session is over. */
export function playSongs(session: DemoSession, choose: Chooser, { heard, random }: Listener): readonly DemoPlay[] {
  const plays: DemoPlay[] = [];
  const isShuffled = random.chance(shuffleChances[session.style]);
  let startedAt = session.startsAt;
  let reasonStart = random.weighted(firstReasons);
  let choice = choose();
  while (startedAt < session.endsAt) {
    const { song } = choice.known;
    const timesHeard = heard.get(song) ?? 0;
    heard.set(song, timesHeard + 1);
    const end = ending({ session, song, timesHeard, startedAt, reasonStart }, random);
    const { msPlayed, reasonEnd } = end;
    const endedAt = startedAt + msPlayed + (random.chance(0.035) ? random.integer(15_000, 400_000) : 0);
    const isVideo = session.occasion.name === "evening" && random.chance(session.day.day > 480 ? 0.05 : 0.008);
    const item = itemOf(choice);
    plays.push({ session, item, startedAt, endedAt, msPlayed, reasonStart, reasonEnd, isShuffled, isVideo });
    if (end.isOver) break;
    if (reasonEnd !== "backbtn") choice = choose();
    reasonStart = nextReasons[reasonEnd];
    startedAt = endedAt + random.integer(40, 900);
  }
  return plays;
}

interface Moment {
  readonly session: DemoSession;
  readonly song: DemoSong;
  readonly timesHeard: number;
  readonly startedAt: number;
  readonly reasonStart: ReasonStart;
}

interface Ending {
  readonly reasonEnd: ReasonEnd;
  readonly msPlayed: number;
  /** True when nothing follows in this session. */
  readonly isOver: boolean;
}

function ending(moment: Moment, random: Prng): Ending {
  const { session, song, startedAt } = moment;
  if (random.chance(skipChance(moment))) return skip(song, random);
  const left = session.endsAt - startedAt;
  if (song.durationMs < left) return { reasonEnd: "trackdone", msPlayed: song.durationMs, isOver: false };
  const reasonEnd = random.weighted(lastReasons);
  const msPlayed = reasonEnd === "trackdone" ? song.durationMs : Math.round(left * random.between(0.4, 1));
  return { reasonEnd, msPlayed, isOver: true };
}

/** Skips come of a song that misses the mood, is not among the favourites, is new, or has been heard too often. */
function skipChance({ session, song, timesHeard, reasonStart }: Moment): number {
  const discord = 1 - harmony(song, session.mood);
  const mismatch = discord * discord;
  const novelty = timesHeard === 0 ? 0.1 : timesHeard > 45 ? 0.07 : 0;
  const searching = reasonStart === "fwdbtn" ? 0.13 : 0;
  const chance = 0.015 + 0.34 * mismatch * mismatch + 0.12 * (1 - song.appeal) + novelty + searching;
  return chance * (session.style === "album" ? 0.55 : 1) * (session.occasion.device === "speaker" ? 0.6 : 1);
}

function skip(song: DemoSong, random: Prng): Ending {
  const share = random.weighted<readonly [number, number]>([
    [[0.002, 0.03], 46],
    [[0.03, 0.13], 32],
    [[0.13, 0.75], 22],
  ]);
  const msPlayed = random.chance(0.03) ? 0 : Math.round(song.durationMs * random.between(...share));
  return { reasonEnd: random.weighted(skipReasons), msPlayed, isOver: false };
}

const skipReasons: readonly (readonly [ReasonEnd, number])[] = [
  ["fwdbtn", 68],
  ["endplay", 24],
  ["backbtn", 8],
];

const firstReasons: readonly (readonly [ReasonStart, number])[] = [
  ["clickrow", 50],
  ["playbtn", 22],
  ["appload", 26],
  ["remote", 2],
];

const lastReasons: readonly (readonly [ReasonEnd, number])[] = [
  ["trackdone", 40],
  ["logout", 32],
  ["endplay", 22],
  ["unexpected-exit-while-paused", 4],
  ["remote", 2],
];

const nextReasons = {
  trackdone: "trackdone",
  fwdbtn: "fwdbtn",
  backbtn: "backbtn",
  endplay: "clickrow",
  logout: "appload",
  remote: "remote",
  "unexpected-exit-while-paused": "appload",
} satisfies Record<ReasonEnd, ReasonStart>;

const shuffleChances = {
  playlist: 0.75,
  mix: 0.6,
  artist: 0.25,
  album: 0,
  podcast: 0.6,
  audiobook: 0.3,
} satisfies Record<SessionStyle, number>;

function itemOf({ known, track }: Choice): PlayedItem {
  return { kind: "track", artistName: known.artist.name, track };
}
