import { demoChooser } from "./demo-chooser.ts";
import type { DemoArtist } from "./demo-discography.ts";
import { type DemoPlay, type Listener, playSongs } from "./demo-playback.ts";
import { type DemoSession, demoSessions } from "./demo-sessions.ts";
import { audiobook, type Bookmark, podcasts, type SpokenPlay } from "./demo-spoken-word.ts";
import { demoTaste } from "./demo-taste.ts";
import type { Prng } from "../prng.ts";

/** Everything an invented listener in Berlin plays in two years, in the order of its beginning. */
export function demoLife(artists: readonly DemoArtist[], random: Prng): readonly DemoPlay[] {
  const taste = demoTaste(artists, random.fork("taste"));
  const chooserOf = demoChooser(taste, random.fork("choices"));
  const listener: Listener = { heard: new Map(), random: random.fork("playback") };
  const shelf = { podcast: podcasts(random.fork("podcasts")), audiobook: audiobook(random.fork("audiobook")) };
  const playAll = (session: DemoSession): readonly DemoPlay[] => {
    const hasTime = session.endsAt - session.startsAt > 180_000;
    const spoken = hasTime ? bookmarkOf(session, shelf)?.(session) : undefined;
    if (spoken === undefined) return playSongs(session, chooserOf(session), listener);
    const first = spokenPlay(session, spoken, listener);
    return spoken.isFinished ? [first, ...playAll({ ...session, startsAt: first.endedAt + 2000 })] : [first];
  };
  return demoSessions(random.fork("sessions")).flatMap(playAll);
}

function bookmarkOf(
  session: DemoSession,
  shelf: Readonly<Record<"podcast" | "audiobook", Bookmark>>,
): Bookmark | undefined {
  return session.style === "podcast" || session.style === "audiobook" ? shelf[session.style] : undefined;
}

function spokenPlay(session: DemoSession, spoken: SpokenPlay, { random }: Listener): DemoPlay {
  const { part, msPlayed, isFinished } = spoken;
  return {
    session,
    item: part,
    startedAt: session.startsAt,
    endedAt: session.startsAt + msPlayed,
    msPlayed,
    reasonStart: random.chance(0.6) ? "clickrow" : "appload",
    reasonEnd: isFinished ? "trackdone" : random.chance(0.5) ? "logout" : "endplay",
    isShuffled: false,
    isVideo: part.kind === "episode" && session.day.day > 480 && random.chance(0.3),
  };
}
