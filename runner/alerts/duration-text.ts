const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** A length of time in its two largest units, e.g. "1 day 3 hours". */
export function durationText(ms: number): string {
  let rest = Math.max(0, ms);
  const parts = units.map(([unit, size]) => {
    const number = Math.floor(rest / size);
    rest -= number * size;
    return { number, text: `${number} ${unit}${number === 1 ? "" : "s"}` };
  });
  const first = parts.findIndex(({ number }) => number > 0);
  if (first === -1) return "less than a second";
  return parts
    .slice(first, first + 2)
    .filter(({ number }) => number > 0)
    .map(({ text }) => text)
    .join(" ");
}

/** A moment as people read it, e.g. "2026-11-27 19:30 UTC". */
export function momentText(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
