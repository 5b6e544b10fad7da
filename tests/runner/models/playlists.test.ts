import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { catalogueOf } from "../../support/catalogue-of.ts";
import { parseCsvRows } from "../../support/csv.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/prescriptive"];

/** On their bounds, or a little inside where a bound is exclusive. */
const fitting = {
  "Ann - Focus Least": { instrumentalness: 0.5, energy: 0.4, tempo: 90 },
  "Ann - Focus Most": { instrumentalness: 0.9, energy: 0.7, tempo: 130 },
  "Bo - Boost": { energy: 0.7, valence: 0.6, tempo: 120 },
  "Cy - Calm Least": { acousticness: 0.6, energy: 0.499, valence: 0.4 },
  "Cy - Calm Most": { acousticness: 0.8, energy: 0.1, valence: 0.7 },
  "Cy - Tie Longer": { acousticness: 0.7, energy: 0.1 },
  "Cy - Tie": { acousticness: 0.7, energy: 0.1 },
  "Cy - Tie Later": { acousticness: 0.7, energy: 0.1 },
  "Cy - Tie Twice": { acousticness: 0.7, energy: 0.1 },
  "Di - Lift": { valence: 0.7, danceability: 0.6, energy: 0.5 },
} satisfies Readonly<Record<string, BronzeRow>>;

/** Beside a single bound each. */
const missing = {
  "Ann - Sung": { instrumentalness: 0.499 },
  "Ann - Weak": { instrumentalness: 0.9, energy: 0.399 },
  "Ann - Strong": { instrumentalness: 0.9, energy: 0.701 },
  "Ann - Slow": { instrumentalness: 0.9, tempo: 89.9 },
  "Ann - Fast": { instrumentalness: 0.9, tempo: 130.1 },
  "Bo - Weak": { energy: 0.699, valence: 0.6 },
  "Bo - Dark": { energy: 0.7, valence: 0.599 },
  "Bo - Slow": { energy: 0.7, valence: 0.6, tempo: 119.9 },
  "Cy - Electric": { acousticness: 0.599, energy: 0.1 },
  "Cy - Strong": { acousticness: 0.6, energy: 0.5 },
  "Cy - Dark": { acousticness: 0.6, energy: 0.1, valence: 0.399 },
  "Cy - Bright": { acousticness: 0.6, energy: 0.1, valence: 0.701 },
  "Di - Dark": { valence: 0.699, danceability: 0.6 },
  "Di - Stiff": { valence: 0.7, danceability: 0.599 },
  "Di - Weak": { valence: 0.7, danceability: 0.6, energy: 0.499 },
} satisfies Readonly<Record<string, BronzeRow>>;

const lengths = new Map([
  ["Cy - Tie Longer", 181_000],
  ["Cy - Tie Twice", 60_000],
]);

/** Plays of three minutes where no other length stands above, one every ten minutes of a day, in the order of the names. */
function dayOf(date: string, names: readonly string[]): readonly BronzeRow[] {
  return names.map((name, index) => {
    const end = new Date(Date.parse(`${date}T00:10:00Z`) + index * 600_000).toISOString();
    return trackRow(end.slice(0, 19).replace("T", " "), name, { ms_played: lengths.get(name) ?? 180_000 });
  });
}

/** A row of seed playlist_rules with the columns given, the others empty. */
async function addPlaylist(life: Life, columns: Readonly<Record<string, string>>): Promise<void> {
  const path = join(life.root, "seeds/playlist_rules.csv");
  const [header = ""] = (await readFile(path, "utf8")).split("\n");
  assert.deepEqual(
    Object.keys(columns).filter((name) => !header.split(",").includes(name)),
    [],
  );
  const fields = header.split(",").map((name) => columns[name] ?? "");
  await appendFile(path, `${fields.join(",")}\n`);
}

/** Suggested songs as `playlist: position title plays score`. */
async function suggestions(life: Life, playlists: readonly string[]): Promise<readonly unknown[]> {
  const rows = await life.query(`select playlist_name || ': ' || position || ' ' || track_name || ' ' || play_count
      || ' ' || score as line
    from gold.personalized_playlist_suggestions
    where playlist_name in (${playlists.map((name) => `'${name}'`).join(", ")}) order by playlist_name, position`);
  return rows.map(({ line }) => line);
}

const shipped = ["Focus & Deep Work", "Energy Boost", "Relaxation & Calm", "Mood Lift"];

test("personalized_playlist_suggestions", async (context) => {
  const life = await newLife(context, "UTC", models);
  const names = [...Object.keys(fitting), ...Object.keys(missing), "Cy - Tie Twice"];
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", dayOf("2024-05-01", names)),
    catalogueOf({ ...fitting, ...missing }),
  );
  await life.build("+tag:prescriptive");
  const expected = [
    "Energy Boost: 1 Boost 1 0.7",
    "Focus & Deep Work: 1 Focus Most 1 0.9",
    "Focus & Deep Work: 2 Focus Least 1 0.5",
    "Mood Lift: 1 Lift 1 0.7",
    "Relaxation & Calm: 1 Calm Most 1 0.8",
    // Ties go by streams, then by minutes, then by the latest stream.
    "Relaxation & Calm: 2 Tie Twice 2 0.7",
    "Relaxation & Calm: 3 Tie Longer 1 0.7",
    "Relaxation & Calm: 4 Tie Later 1 0.7",
    "Relaxation & Calm: 5 Tie 1 0.7",
    "Relaxation & Calm: 6 Calm Least 1 0.6",
  ];

  await context.test("has the songs within all bounds of a playlist, best first", async () => {
    assert.deepEqual(await suggestions(life, shipped), expected);
  });

  await context.test("names songs, artists and ids, and the purpose of the playlist", async () => {
    const seed = parseCsvRows(await readFile(join(life.root, "seeds/playlist_rules.csv"), "utf8"));
    assert.deepEqual(
      await life.query(`select * from gold.personalized_playlist_suggestions where playlist_name = 'Mood Lift'`),
      [
        {
          playlist_name: "Mood Lift",
          playlist_purpose: seed.find((row) => row["playlist_name"] === "Mood Lift")?.["playlist_purpose"],
          track_name: "Lift",
          artist_name: "Di",
          play_count: 1,
          track_id: trackId("Di - Lift"),
          position: 1,
          score: 0.7,
          skip_probability: null,
        },
      ],
    );
  });

  await context.test("has a playlist more for a row more in the seed, with ten songs at most", async () => {
    // Twelve songs, A with 100 to L with 111 beats a minute, all of one loudness.
    const titles = "ABCDEFGHIJKL".split("");
    const live = Object.fromEntries(
      titles.map((title, index) => [`Zoe - ${title}`, { liveness: 0.9, tempo: 100 + index, loudness: -5 }]),
    );
    await life.land(
      extendedFile("Streaming_History_Audio_2025.json", dayOf("2025-01-01", Object.keys(live).toReversed())),
      catalogueOf({ ...fitting, ...missing, ...live }),
    );
    const onStage = { playlist_purpose: "Concert recordings", min_liveness: "0.9", order_feature: "tempo" };
    await addPlaylist(life, { ...onStage, playlist_name: "Slow Stage", order_direction: "ascending" });
    await addPlaylist(life, {
      ...onStage,
      playlist_name: "Fast Stage",
      below_tempo: "103",
      order_direction: "descending",
    });
    await addPlaylist(life, {
      ...onStage,
      playlist_name: "Quiet Stage",
      max_loudness: "-5.1",
      order_direction: "ascending",
    });
    await life.build("+tag:prescriptive");
    assert.deepEqual(await suggestions(life, ["Slow Stage", "Fast Stage", "Quiet Stage"]), [
      "Fast Stage: 1 C 1 102.0",
      "Fast Stage: 2 B 1 101.0",
      "Fast Stage: 3 A 1 100.0",
      ...titles.slice(0, 10).map((title, index) => `Slow Stage: ${index + 1} ${title} 1 ${100 + index}.0`),
    ]);
    assert.deepEqual(await suggestions(life, shipped), expected);
  });
});

test("a song without a tempo is in no playlist that asks for one", async (context) => {
  const life = await newLife(context, "UTC", models);
  const path = join(life.root, "project.yml");
  const settings = await readFile(path, "utf8");
  await writeFile(path, settings.replace(/^  feature_sources: .*$/m, "  feature_sources: [catalogue, artist]"));
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", dayOf("2024-05-01", ["Ann - Known", "Ann - Estimated"])),
    catalogueOf({ "Ann - Known": { valence: 0.9, energy: 0.9, danceability: 0.9 } }),
  );
  await addPlaylist(life, {
    playlist_name: "Any Tempo",
    playlist_purpose: "Everything by tempo",
    order_feature: "tempo",
    order_direction: "ascending",
  });
  await life.build("+tag:prescriptive");
  // Estimated from Ann's only song of the catalogue, all but the tempo.
  assert.deepEqual(await suggestions(life, [...shipped, "Any Tempo"]), [
    "Any Tempo: 1 Known 1 120.0",
    "Energy Boost: 1 Known 1 0.9",
    "Mood Lift: 1 Estimated 1 0.9",
    "Mood Lift: 2 Known 1 0.9",
  ]);
});
