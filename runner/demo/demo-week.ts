import type { Mood } from "./demo-taste.ts";

/** How the listener chooses what comes next. */
export type SessionStyle = "playlist" | "mix" | "album" | "artist" | "podcast" | "audiobook";

export type Device = "phone" | "desktop" | "speaker";

/** A regular occasion to listen; minutes of day are local. */
export interface Occasion {
  readonly name: string;
  /** Chance of it happening on a Sunday, Monday … Saturday; a day off in the week is taken as a Saturday. */
  readonly chances: readonly number[];
  readonly startsAt: number;
  readonly startSpread: number;
  readonly minutes: number;
  readonly mood: Mood;
  readonly device: Device;
  readonly styles: readonly (readonly [SessionStyle, number])[];
}

/** The listener's week, in the order of the day. */
export const demoWeek: readonly Occasion[] = [
  {
    name: "sleepless night",
    chances: [0.015, 0.015, 0.01, 0.01, 0.015, 0.01, 0.01],
    startsAt: 3 * 60 + 10,
    startSpread: 45,
    minutes: 32,
    mood: { energy: 0.16, valence: 0.2 },
    device: "phone",
    styles: [
      ["mix", 2],
      ["album", 2],
    ],
  },
  {
    name: "commute to work",
    chances: [0, 0.6, 0.68, 0.66, 0.62, 0.4, 0],
    startsAt: 7 * 60 + 34,
    startSpread: 19,
    minutes: 27,
    mood: { energy: 0.77, valence: 0.64 },
    device: "phone",
    styles: [
      ["playlist", 5],
      ["mix", 3],
      ["album", 1],
      ["artist", 1],
      ["podcast", 0.9],
    ],
  },
  {
    name: "work before lunch",
    chances: [0, 0.2, 0.25, 0.28, 0.25, 0.3, 0],
    startsAt: 9 * 60 + 55,
    startSpread: 35,
    minutes: 48,
    mood: { energy: 0.53, valence: 0.43, instrumentalness: 0.8 },
    device: "desktop",
    styles: [
      ["playlist", 5],
      ["mix", 2],
      ["album", 3],
      ["artist", 0.7],
    ],
  },
  {
    name: "work after lunch",
    chances: [0, 0.14, 0.2, 0.22, 0.18, 0.2, 0],
    startsAt: 14 * 60 + 10,
    startSpread: 40,
    minutes: 42,
    mood: { energy: 0.57, valence: 0.48, instrumentalness: 0.7 },
    device: "desktop",
    styles: [
      ["playlist", 4],
      ["mix", 3],
      ["album", 2],
      ["artist", 0.7],
    ],
  },
  {
    name: "brunch",
    chances: [0.6, 0.05, 0.05, 0.05, 0.05, 0.1, 0.58],
    startsAt: 10 * 60 + 35,
    startSpread: 45,
    minutes: 46,
    mood: { energy: 0.5, valence: 0.7 },
    device: "speaker",
    styles: [
      ["mix", 4],
      ["album", 3],
      ["playlist", 3],
      ["artist", 1],
    ],
  },
  {
    name: "afternoon off",
    chances: [0.38, 0, 0, 0, 0, 0, 0.42],
    startsAt: 15 * 60,
    startSpread: 60,
    minutes: 44,
    mood: { energy: 0.63, valence: 0.62 },
    device: "phone",
    styles: [
      ["mix", 4],
      ["artist", 3],
      ["album", 2],
      ["playlist", 2],
      ["podcast", 0.6],
    ],
  },
  {
    name: "way home",
    chances: [0, 0.52, 0.58, 0.56, 0.52, 0.44, 0],
    startsAt: 17 * 60 + 20,
    startSpread: 20,
    minutes: 26,
    mood: { energy: 0.68, valence: 0.58 },
    device: "phone",
    styles: [
      ["mix", 4],
      ["playlist", 3],
      ["artist", 2],
      ["album", 1],
      ["podcast", 1.3],
    ],
  },
  {
    name: "running",
    chances: [0.12, 0.04, 0.42, 0.05, 0.38, 0.03, 0.1],
    startsAt: 18 * 60 + 50,
    startSpread: 16,
    minutes: 42,
    mood: { energy: 0.9, valence: 0.56 },
    device: "phone",
    styles: [
      ["playlist", 7],
      ["mix", 2],
    ],
  },
  {
    name: "evening",
    chances: [0.34, 0.26, 0.24, 0.3, 0.26, 0.2, 0.16],
    startsAt: 20 * 60 + 25,
    startSpread: 32,
    minutes: 40,
    mood: { energy: 0.48, valence: 0.54 },
    device: "speaker",
    styles: [
      ["mix", 4],
      ["album", 3],
      ["artist", 2],
      ["playlist", 2],
    ],
  },
  {
    name: "party",
    chances: [0, 0, 0, 0.01, 0.02, 0.13, 0.24],
    startsAt: 21 * 60 + 25,
    startSpread: 30,
    minutes: 125,
    mood: { energy: 0.84, valence: 0.76 },
    device: "speaker",
    styles: [
      ["playlist", 4],
      ["mix", 5],
    ],
  },
  {
    name: "late evening",
    chances: [0.33, 0.28, 0.28, 0.27, 0.27, 0.16, 0.12],
    startsAt: 22 * 60 + 40,
    startSpread: 24,
    minutes: 36,
    mood: { energy: 0.17, valence: 0.19 },
    device: "phone",
    styles: [
      ["mix", 4],
      ["album", 3],
      ["playlist", 3],
      ["artist", 1],
    ],
  },
];

/** Hours above the clouds without a network, on the days of a flight. */
export const flight: Occasion = {
  name: "flight",
  chances: [],
  startsAt: 12 * 60,
  startSpread: 30,
  minutes: 150,
  mood: { energy: 0.5, valence: 0.55 },
  device: "phone",
  styles: [
    ["playlist", 1],
    ["mix", 2],
    ["album", 1],
  ],
};
