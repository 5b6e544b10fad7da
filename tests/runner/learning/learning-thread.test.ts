import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { LearningThread } from "../../../runner/learning/learning-thread.ts";
import { scoreVersion } from "../../../runner/learning/score-version.ts";
import { trainModel } from "../../../runner/learning/train-model.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const songs = madeUpSongs(600);
const input = {
  model: "mood_regression",
  config: valenceConfig(["energy", "tempo"]),
  rows: songs,
  champion: null,
  lastDecision: null,
  seed: "songs",
  now: "2026-11-22T10:00:00.000Z",
  origin: { runId: "run-1", dataHash: "data-1", codeVersion: "0.1.0" },
};

test("one thread or several train the very same models", async () => {
  await using thread = new LearningThread();
  await using other = new LearningThread();
  const chance = { ...input, model: "chance", config: valenceConfig(["luck"], { algorithms: ["boosted_trees"] }) };
  const [alone, after, beside] = await Promise.all([thread.train(input), thread.train(chance), other.train(chance)]);
  assert.deepEqual([alone, after], [trainModel(input), trainModel(chance)]);
  assert.deepEqual(beside, after);
});

test("a thread reads the training set itself from a table", async () => {
  await inScratchFolder(async (folder) => {
    const path = join(folder, "release.duckdb");
    await withDuckDB({ path }, async (database) => {
      const connection = await database.connect();
      await connection.run("create schema training");
      await connection.run(`create table training.songs as select 'song ' || i as song, 'artist ' || i % 120 as artist,
        (i * 37 % 101) / 100 as energy, (i * 37 % 101) / 100.0 + (i % 7) / 100 as valence, timestamp '2024-01-01' as at
        from range(600) as numbers(i) order by hash(i)`);
    });
    const rows = Array.from({ length: 600 }, (_, at) => at).toSorted((left, right) =>
      `song ${left}` < `song ${right}` ? -1 : 1,
    );
    const same = {
      song: rows.map((at) => `song ${at}`),
      artist: rows.map((at) => `artist ${at % 120}`),
      energy: rows.map((at) => ((at * 37) % 101) / 100),
      valence: rows.map((at) => ((at * 37) % 101) / 100 + (at % 7) / 100),
    };
    const config = valenceConfig(["energy"]);
    await using thread = new LearningThread();
    const result = await thread.train({
      ...input,
      config,
      rows: { path, relation: "training.songs", orderBy: "song" },
    });
    const expected = trainModel({ ...input, config, rows: same });
    assert.ok(result.status === "trained" && expected.status === "trained");
    assert.deepEqual(Object.keys(result.challenger.record.metrics), Object.keys(expected.challenger.record.metrics));
    for (const [name, value] of Object.entries(expected.challenger.record.metrics)) {
      assert.ok(Math.abs((result.challenger.record.metrics[name] ?? 0) - (value ?? 0)) < 1e-9, name);
    }
  });
});

test("the main thread goes on while another one trains", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await using thread = new LearningThread();
  await thread.train(input);
  clearInterval(timer);
  assert.ok(turns > 0);
});

test("what is refused is refused in a thread too", async () => {
  await using thread = new LearningThread();
  assert.deepEqual(await thread.train({ ...input, rows: {} }), {
    status: "refused",
    problems: ["The training query returned no rows."],
    isTooEarly: false,
  });
});

test("scores of a thread are the same, its errors too, and it goes on after them", async () => {
  await inScratchFolder(async (folder) => {
    const version = { ...trained(input).challenger, version: 1 };
    const path = join(folder, "scores.json");
    await using thread = new LearningThread();
    const { tempo: _tempo, ...left } = songs;
    await assert.rejects(thread.score({ version, task: "regression", rows: left, path }), {
      name: "TrainingDataError",
      message:
        "Version 1 of mood_regression cannot score these rows. The feature 'tempo' is not among the 6 columns of the query.",
    });
    await assert.rejects(
      thread.score({ version: { ...version, artefact: "{" }, task: "regression", rows: songs, path }),
      SyntaxError,
    );
    await thread.score({ version, task: "regression", rows: songs, path });
    assert.equal(await readFile(path, "utf8"), JSON.stringify(scoreVersion(version, "regression", songs)));
    const [first] = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(Object.keys(first).toSorted(), [
      "is_holdout",
      "lower",
      "model_version",
      "prediction",
      "row_place",
      "upper",
    ]);
  });
});
