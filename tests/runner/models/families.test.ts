import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { catalogueFile, extendedFile } from "../../support/bronze.ts";
import { newLife, trackId, trackRow } from "../../support/life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

const repository = resolve(import.meta.dirname, "../../..");
/** The tables that each family has at least; what needs training is there, and empty. */
const required: Readonly<Record<string, readonly string[]>> = {
  descriptive: [
    "listening_patterns_by_time",
    "top_tracks_by_mood",
    "audio_feature_distributions",
    "temporal_trends",
    "feature_source_coverage",
  ],
  diagnostic: [
    "mood_time_correlations",
    "feature_correlations",
    "weekend_vs_weekday",
    "mood_shift_patterns",
    "part_of_day_drivers",
  ],
  prescriptive: [
    "mood_improvement_recommendations",
    "optimal_listening_times",
    "personalized_playlist_suggestions",
    "mood_intervention_triggers",
  ],
  cognitive: ["mood_state_clusters", "listening_anomalies", "sequential_patterns", "behavioral_segments"],
  listening: ["yearly_review", "top_artists", "top_songs", "discovery", "skip_behaviour", "streaks", "top_shows"],
};

test("each family is built alone by its tag, as README says, and has its tables", async (context) => {
  const life = await newLife(context);
  const rows = Array.from({ length: 40 }, (_, day) =>
    trackRow(
      new Date(Date.UTC(2024, 2, 1 + day, 12)).toISOString().slice(0, 19).replace("T", " "),
      `Ann - Song ${"ABCDE"[day % 5]}`,
    ),
  );
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", rows),
    catalogueFile([{ line_number: 2, track_id: trackId("Ann - Song A"), track_name: "Song A", artists: "Ann" }]),
  );
  await life.build();
  const readme = await readFile(join(repository, "README.md"), "utf8");
  for (const [family, tables] of Object.entries(required)) {
    const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
    const args = ["build", "--select", `tag:${family}`, "--force"];
    const { code, stdout } = await outcomeOf(startTonearm(args, { cwd: life.root, environment }));
    assert.equal(code, 0, stdout);
    const built = [...stdout.matchAll(/OK created (?:table|predictions) gold\.(\w+) /g)]
      .map(([, name]) => name ?? "")
      .toSorted();
    assert.deepEqual(built, await tablesIn(family), family);
    for (const table of tables) assert.ok(built.includes(table), `${family} has ${table}`);
    assert.ok(readme.includes(`tag:${family}`), `README names tag:${family}`);
  }
});

/** The models in a family's folder that become tables. */
async function tablesIn(family: string): Promise<readonly string[]> {
  const folder = join(repository, "models/gold", family);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return names
    .filter((_, index) => !/^materialized: ephemeral$/m.test(texts[index] ?? ""))
    .map((name) => name.slice(0, -".sql".length))
    .toSorted();
}
