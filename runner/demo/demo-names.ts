import { demoWords } from "./demo-words.ts";
import type { Prng } from "../prng.ts";

const { adjectives, nouns, places, feelings, colours, times, verbs } = demoWords;

/** A name of a band or a singer who does not exist. */
export function artistName(random: Prng): string {
  return random.pick(artistPatterns)(random);
}

/** A title of a song that nobody wrote. */
export function songTitle(random: Prng): string {
  return random.pick(songPatterns)(random);
}

/** A title of an album that nobody recorded; every album of the demo says so at its end. */
export function albumTitle(random: Prng): string {
  return `${random.pick(albumPatterns)(random)} (Demo)`;
}

/** The first name that is not taken yet; capital letters make no difference. */
export function untaken(taken: Set<string>, draw: () => string): string {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const name = draw();
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
  throw new Error("The demo's word lists are too short for the number of names asked for.");
}

/** 22 characters as Spotify's ids have them; the first four say that the id is the demo's. */
export function demoId(random: Prng): string {
  let id = "demo";
  while (id.length < 22) id += base62[random.integer(0, 61)];
  return id;
}

const base62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

type Pattern = (random: Prng) => string;

const artistPatterns: readonly Pattern[] = [
  (r) => `The ${r.pick(adjectives)} ${r.pick(nouns)} ${r.pick(demoWords.collectives)}`,
  (r) => `${r.pick(demoWords.titles)} ${r.pick(nouns)} & the ${plural(r.pick(nouns))}`,
  (r) => `${r.pick(demoWords.firstNames)} ${r.pick(demoWords.surnameStarts)}${r.pick(demoWords.surnameEnds)}`,
  (r) => `${plural(r.pick(nouns))} of ${r.pick(places)}`,
  (r) => `DJ ${r.pick(adjectives)} ${r.pick(nouns)}`,
];

const songPatterns: readonly Pattern[] = [
  (r) => `${r.pick(adjectives)} ${r.pick(nouns)}`,
  (r) => `How to ${r.pick(verbs)} ${withArticle(r.pick(nouns))}`,
  (r) => `${r.pick(nouns)} in ${r.pick(colours)}`,
  (r) => `${r.pick(feelings)} Before ${r.pick(times)}`,
  (r) => `${plural(r.pick(nouns))}, ${plural(r.pick(nouns))} & ${r.pick(feelings)}`,
  (r) => `Don't ${r.pick(verbs)} My ${r.pick(nouns)}`,
  (r) => `The "${r.pick(adjectives)}" ${r.pick(nouns)}`,
  (r) => `Last Tram to ${r.pick(places)}`,
  (r) => `${r.integer(2, 99)} ${plural(r.pick(nouns))} Later`,
  (r) => `${r.pick(feelings)} Is ${withArticle(r.pick(nouns))}`,
  (r) => `${r.pick(times)}, ${r.pick(places)}`,
];

const albumPatterns: readonly Pattern[] = [
  (r) => `Songs for ${withArticle(r.pick(adjectives))} ${r.pick(nouns)}`,
  (r) => `${plural(r.pick(nouns))} & ${plural(r.pick(nouns))}`,
  (r) => `Greetings from ${r.pick(places)}`,
  (r) => `${r.pick(colours)} ${r.pick(feelings)}`,
  (r) => `The ${r.pick(nouns)} Sessions, Vol. ${r.integer(1, 4)}`,
];

function withArticle(word: string): string {
  return /^[AEIOU]/.test(word) ? `an ${word}` : `a ${word}`;
}

function plural(noun: string): string {
  return /(x|s|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
