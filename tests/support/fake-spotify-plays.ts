import type { FakePlay, FakeState } from "./fake-spotify-state.ts";

/** As many plays as Spotify keeps. */
const mostPlays = 50;

interface Sorted {
  readonly plays: readonly FakePlay[];
  readonly length: number;
  readonly oldestFirst: readonly FakePlay[];
}

const sorted = new WeakMap<FakeState, Sorted>();

/** The newest plays that show at this moment, newest first: nothing older exists for anyone. */
export function visiblePlays(state: FakeState): readonly FakePlay[] {
  const now = state.now();
  const all = oldestFirst(state);
  const found: FakePlay[] = [];
  for (let at = countUntil(all, now) - 1; at >= 0 && found.length < mostPlays; at--) {
    const play = all[at];
    if (play !== undefined && (play.visibleFrom ?? play.playedAt) <= now) found.push(play);
  }
  return found;
}

/** Sorted once for as long as no play is added: a simulated year asks often. */
function oldestFirst(state: FakeState): readonly FakePlay[] {
  const known = sorted.get(state);
  const { plays } = state;
  if (known?.plays === plays && known.length === plays.length) return known.oldestFirst;
  const made = plays.toSorted((left, right) => left.playedAt.getTime() - right.playedAt.getTime());
  sorted.set(state, { plays, length: plays.length, oldestFirst: made });
  return made;
}

/** How many of the sorted plays ended at a time or before. */
function countUntil(plays: readonly FakePlay[], time: Date): number {
  let [low, high] = [0, plays.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const play = plays[middle];
    if (play !== undefined && play.playedAt <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
