import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";

import { parse } from "yaml";
import * as z from "zod";

import { parseCsvRows } from "../../support/csv.ts";

const folder = resolve(import.meta.dirname, "../../../seeds");
const seedSchema = z.object({ columns: z.array(z.object({ name: z.string(), data_type: z.string() })) });

/** Titles and names of artists, which the owner of the warehouse writes in; a song may be called anything. */
const namesOfMusic: Readonly<Record<string, readonly string[]>> = { exclusions: ["value", "artist_name"] };

/**
 * What no text may hold: Tonearm tells of the mood of the music, never of a person's, and gives no advice on health. A
 * word is matched in any case, from its beginning, to its end where the pattern says so.
 */
const forbidden = {
  health: "(un)?health well-?being wellness\\b medic clinic hospitals?\\b doctor patients?\\b nurs(e|ing)\\b mental",
  illness: "ill\\b illness sick disease disorder syndrom symptom diagnos trauma insomnia relapse bipolar mani(a|c)\\b",
  treatment:
    "therap treatments?\\b treat(ed|ing)\\b counsel psych(o|i) heal(s|ed|ing)?\\b cures?\\b curing\\b remed(y|ies)\\b",
  distress:
    "(anti)?depress anxi (dis)?stress panic suicid burn-?out lonel grief griev cris(i|e)s\\b despair overwhelm addict",
  sorrow: "sadness hopeless unhapp miserabl cop(e|es|ing)\\b self-?(care|help|harm|esteem)",
  listener: "you_(are|were|have_been|feel|felt|seem|sound|suffer|need)\\b you['’](re|ve)\\b yourself",
  mind: "your_(mood|feelings?|emotions?|emotional|mind|brain|soul|state|spirits?)\\b emotional_(state|support)",
  effect: "(makes?|helps?)_you\\b cheers?_up calms?_down feel(s|ing)?_(better|worse|good|bad|down|low|sad)\\b",
} as const;

const patterns = Object.values(forbidden).flatMap((line) =>
  line.split(" ").map((word) => word.replaceAll("_", "\\s+")),
);
const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${patterns.join("|")})`, "giu");

/** The forbidden words a text holds, in lower case. */
function forbiddenIn(text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([match]) => match.toLowerCase());
}

async function namesOf(extension: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files.filter((file) => file.endsWith(extension)).map((file) => file.slice(0, -extension.length));
}

/** The texts of a seed, as `column, row number: text`. */
async function textsOf(name: string): Promise<readonly { readonly place: string; readonly text: string }[]> {
  const { columns } = seedSchema.parse(parse(await readFile(join(folder, `${name}.yml`), "utf8")));
  const rows = parseCsvRows(await readFile(join(folder, `${name}.csv`), "utf8"));
  return columns
    .filter(({ name: column, data_type: type }) => type === "VARCHAR" && !namesOfMusic[name]?.includes(column))
    .flatMap(({ name: column }) =>
      rows.map((row, index) => ({ place: `${name}.csv, ${column}, row ${index + 1}`, text: row[column] ?? "" })),
    );
}

describe("texts of seeds", async () => {
  const seeds = await namesOf(".csv");

  test("are read with their places", async () => {
    assert.deepEqual((await textsOf("mood_quadrants")).slice(0, 2), [
      { place: "mood_quadrants.csv, mood_category, row 1", text: "Happy_Energetic" },
      { place: "mood_quadrants.csv, mood_category, row 2", text: "Happy_Calm" },
    ]);
  });

  for (const name of seeds) {
    test(`${name} speaks of the music, not of a person or of health`, async () => {
      const found = (await textsOf(name)).flatMap(({ place, text }) =>
        forbiddenIn(text).map((word) => `${place}: '${word}' in "${text}"`),
      );
      assert.deepEqual(found, []);
    });
  }
});

describe("the guard over the texts of seeds", () => {
  const caught = [
    ["Bright songs against your Depression", ["depress"]],
    ["You are at your lowest at 3 in the morning", ["you are"]],
    ["You’re listening to dark music", ["you’re"]],
    ["It seems that you feel low on Sundays", ["you feel"]],
    ["Good for mental health", ["mental", "health"]],
    ["A music-therapy session for an anxious mind", ["therap", "anxi"]],
    ["Ask a doctor for a diagnosis", ["doctor", "diagnos"]],
    ["De-stress and heal with calm songs", ["stress", "heal"]],
    ["This playlist lifts your mood and makes you smile", ["your mood", "makes you"]],
    ["A self-care hour, as you  need; you're due for treatment", ["self-care", "you  need", "you're", "treatment"]],
    ["SYMPTOMS of a low hour", ["symptom"]],
    ["A song to cheer up with when feeling down", ["cheer up", "feeling down"]],
  ] as const;
  for (const [text, words] of caught) {
    test(`catches "${text}"`, () => assert.deepEqual(forbiddenIn(text), words));
  }

  const passed = [
    "Bright songs with a strong beat, loud and fast",
    "Dark and driving music plays at this hour",
    "Quiet music for your kitchen; a wealth of songs you played in spring",
    "Instrumental and ornamental pieces, secure rhythms, illustrious voices, a retreat into slow chords",
    "The mood of the music, which asks for patience: psychedelic rock, a treat for the ears",
  ];
  for (const text of passed) {
    test(`lets "${text}" pass`, () => assert.deepEqual(forbiddenIn(text), []));
  }
});
