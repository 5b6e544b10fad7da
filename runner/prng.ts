/** A seeded source of chance that gives the same numbers on every machine. */
export interface Prng {
  /** A number in [0, 1). */
  readonly uniform: () => number;
  readonly between: (low: number, high: number) => number;
  /** A whole number from low to high, both included. */
  readonly integer: (low: number, high: number) => number;
  readonly normal: (mean: number, deviation: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
  /** An item with a probability in proportion to its weight. */
  readonly weighted: <T>(items: readonly (readonly [T, number])[]) => T;
  readonly shuffled: <T>(items: readonly T[]) => readonly T[];
  /** A source of its own, so that a change in one part leaves the other parts as they were. */
  readonly fork: (label: string) => Prng;
}

/** The source of chance that belongs to a seed; it uses only arithmetic that IEEE 754 fixes to the last bit. */
export function prng(seed: string): Prng {
  const uniform = mulberry32(hash(seed));
  const between = (low: number, high: number): number => low + (high - low) * uniform();
  const integer = (low: number, high: number): number => low + Math.floor((high - low + 1) * uniform());
  return {
    uniform,
    between,
    integer,
    normal: (mean, deviation) => mean + deviation * irwinHall(uniform),
    chance: (probability) => uniform() < probability,
    pick: (items) => itemAt(items, integer(0, items.length - 1)),
    weighted: (items) => weighted(items, uniform()),
    shuffled: (items) => shuffled(items, integer),
    fork: (label) => prng(`${seed}/${label}`),
  };
}

/** The first number in [0, 1) of the source of that seed: a fixed share of texts without any order among them. */
export function hashedUniform(text: string): number {
  return mulberry32(hash(text))();
}

/** The item at an index that must exist. */
export function itemAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no item ${index} among ${items.length}.`);
  return item;
}

function weighted<T>(items: readonly (readonly [T, number])[], uniform: number): T {
  let total = 0;
  for (const [, weight] of items) total += weight;
  let left = uniform * total;
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return itemAt(items, items.length - 1)[0];
}

function shuffled<T>(items: readonly T[], integer: (low: number, high: number) => number): readonly T[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = integer(0, index);
    const item = itemAt(result, index);
    result[index] = itemAt(result, other);
    result[other] = item;
  }
  return result;
}

/** Nearly standard normal. Box and Muller's way needs log and cos, whose last digits differ between engines. */
function irwinHall(uniform: () => number): number {
  let sum = -6;
  for (let count = 0; count < 12; count++) sum += uniform();
  return sum;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return state >>> 0;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
