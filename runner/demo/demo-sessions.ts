import { type DemoDay, dayOf, demoDay, demoInstant, demoPeriod } from "./demo-calendar.ts";
import type { Mood } from "./demo-taste.ts";
import { demoWeek, flight, type Occasion, type SessionStyle } from "./demo-week.ts";
import { itemAt, type Prng } from "../prng.ts";

/** A stretch of listening as the listener means it before the first song starts. */
export interface DemoSession {
  readonly day: DemoDay;
  readonly occasion: Occasion;
  /** Unix ms. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly mood: Mood;
  readonly style: SessionStyle;
  readonly isPrivate: boolean;
  readonly isOffline: boolean;
}

/** All sessions of the two years, in order, without overlap. */
export function demoSessions(random: Prng): readonly DemoSession[] {
  const sessions: DemoSession[] = [];
  let spirits = 0;
  let appetite = 0;
  for (let number = 0; number < demoPeriod.days; number++) {
    spirits = 0.75 * spirits + random.normal(0, 0.045);
    appetite = 0.85 * appetite + random.normal(0, 0.11);
    const day = demoDay(number);
    if (day.isSilent) continue;
    for (const occasion of occasionsOf(day, 0.9 + appetite, random)) {
      const session = planned({ day, occasion, spirits }, random);
      const previous = sessions.at(-1);
      if (previous === undefined || session.startsAt > previous.endsAt + restMs) sessions.push(session);
    }
  }
  return sessions;
}

const minuteMs = 60_000;
/** Longer than the last song of a session can run over its end. */
const restMs = 20 * minuteMs;

function occasionsOf(day: DemoDay, appetite: number, random: Prng): readonly Occasion[] {
  const like = day.isDayOff && day.weekday !== 0 ? 6 : day.weekday;
  const onTrip = day.country === "DE" ? 1 : 0.8;
  const occasions = demoWeek.filter(({ chances }) => random.chance(itemAt(chances, like) * appetite * onTrip));
  return day.isFlight ? [flight] : occasions.filter((occasion) => isInsideTwoYears(day, occasion));
}

/** On the first night the listener sleeps and on the last evening goes out, so that no play falls into a third year. */
function isInsideTwoYears({ day }: DemoDay, { startsAt }: Occasion): boolean {
  return (day > 0 || startsAt > 8 * 60) && (day < demoPeriod.days - 1 || startsAt < 20 * 60);
}

interface Idea {
  readonly day: DemoDay;
  readonly occasion: Occasion;
  readonly spirits: number;
}

function planned({ day, occasion, spirits }: Idea, random: Prng): DemoSession {
  const minute = Math.round(random.normal(occasion.startsAt, occasion.startSpread) * 60) / 60;
  const startsAt = demoInstant(day.day, minute) + random.integer(0, 999);
  const length = Math.max(7, random.normal(occasion.minutes, occasion.minutes * 0.3));
  return {
    day,
    occasion,
    startsAt,
    endsAt: startsAt + Math.round(length * minuteMs),
    mood: moodOf({ day, occasion, spirits }, random),
    style: styleOf(day, occasion, random),
    isPrivate: occasion.name === "late evening" && random.chance(0.025),
    isOffline: occasion === flight || (occasion.name === "commute to work" && random.chance(0.05)),
  };
}

function moodOf({ day, occasion, spirits }: Idea, random: Prng): Mood {
  const weekday = day.weekday === 1 ? -0.04 : day.weekday === 5 ? 0.04 : 0;
  const outlook = spirits + weekday + 0.06 * day.summer;
  return {
    ...occasion.mood,
    energy: occasion.mood.energy + 0.6 * outlook + random.normal(0, 0.05),
    valence: occasion.mood.valence + outlook + random.normal(0, 0.06),
  };
}

function styleOf(day: DemoDay, occasion: Occasion, random: Prng): SessionStyle {
  const isReading = day.day >= dayOf("2024-10-21") && day.day <= dayOf("2024-12-15");
  if (isReading && occasion.name.endsWith("evening") && random.chance(0.6)) return "audiobook";
  return random.weighted(occasion.styles);
}
