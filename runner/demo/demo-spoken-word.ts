import { dayOf } from "./demo-calendar.ts";
import { demoId, songTitle } from "./demo-names.ts";
import type { DemoSession } from "./demo-sessions.ts";
import { itemAt, type Prng } from "../prng.ts";

/** Something spoken, as far as it was listened to. */
export type SpokenPart =
  | { readonly kind: "episode"; readonly show: string; readonly name: string; readonly id: string }
  | {
      readonly kind: "chapter";
      readonly book: string;
      readonly bookId: string;
      readonly name: string;
      readonly id: string;
    };

/** A part of an episode or a chapter, listened to in one go. */
export interface SpokenPlay {
  readonly part: SpokenPart;
  readonly msPlayed: number;
  readonly isFinished: boolean;
}

/** What a listener hears next, going on where it stopped the last time. */
export type Bookmark = (session: DemoSession) => SpokenPlay | undefined;

/** Three weekly shows; an episode is heard to its end before the newest one of some show begins. */
export function podcasts(random: Prng): Bookmark {
  let current: Spoken | undefined;
  const heard = new Set<string>();
  return (session) => {
    if (current === undefined) {
      const show = random.weighted(shows.map((candidate) => [candidate, candidate.liking] as const));
      current = episode(show, session.day.day, random);
      if (heard.has(current.part.name)) return (current = undefined);
      heard.add(current.part.name);
    }
    const play = listen(current, session);
    current = play.isFinished ? undefined : { ...current, leftMs: current.leftMs - play.msPlayed };
    return play;
  };
}

/** The one audiobook of the demo, chapter by chapter, until it is finished. */
export function audiobook(random: Prng): Bookmark {
  const bookId = demoId(random);
  const chapters = Array.from({ length: 22 }, (_, index): Spoken => {
    const name = `Chapter ${index + 1}: ${songTitle(random)}`;
    const part = { kind: "chapter", book: "The Hesitant Lighthouse (Demo)", bookId, name, id: demoId(random) } as const;
    return { part, leftMs: random.integer(17 * 60_000, 34 * 60_000) };
  });
  let index = 0;
  return (session) => {
    if (index >= chapters.length) return undefined;
    const current = itemAt(chapters, index);
    const play = listen(current, session);
    if (play.isFinished) index++;
    else chapters[index] = { ...current, leftMs: current.leftMs - play.msPlayed };
    return play;
  };
}

interface Spoken {
  readonly part: SpokenPart;
  readonly leftMs: number;
}

interface Show {
  readonly name: string;
  readonly liking: number;
  readonly since: number;
}

const shows: readonly Show[] = [
  { name: "Radiators Explained (Demo)", liking: 5, since: dayOf("2021-03-03") },
  { name: "The Polite Quarrel (Demo)", liking: 3, since: dayOf("2022-06-08") },
  { name: "Two Pigeons, One Tram (Demo)", liking: 2, since: dayOf("2022-12-07") },
];

function episode(show: Show, day: number, random: Prng): Spoken {
  const number = Math.floor((day - show.since) / 7) + 1;
  const fromShow = random.fork(`${show.name} ${number}`);
  const part = {
    kind: "episode",
    show: show.name,
    name: `#${number} ${songTitle(fromShow)}`,
    id: demoId(fromShow),
  } as const;
  return { part, leftMs: fromShow.integer(19 * 60_000, 58 * 60_000) };
}

function listen({ part, leftMs }: Spoken, session: DemoSession): SpokenPlay {
  const time = session.endsAt - session.startsAt;
  return { part, msPlayed: Math.min(leftMs, time), isFinished: leftMs <= time };
}
