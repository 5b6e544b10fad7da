import assert from "node:assert/strict";
import { test } from "node:test";

import { describeEntry } from "../../../runner/commands/describe-history.ts";
import { openRegistry } from "../../../runner/learning/registry.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

test("a decision lands with its figures and the rows whose features are made up", async () => {
  await inScratchFolder(async (dataDir) => {
    const songs = madeUpSongs(600);
    const sources = songs.song.map((_, row) => (row % 6 === 0 ? "synthetic" : "catalogue"));
    const result = trained({
      config: valenceConfig(["energy", "tempo"], { provenance: "feature_source" }),
      rows: { ...songs, feature_source: sources },
    });
    await openRegistry(dataDir).enter(result);
    const [entry] = (await openRegistry(dataDir).list()).history;
    assert.ok(entry !== undefined);
    const [row, ...others] = await describeEntry(dataDir, entry);
    assert.deepEqual(others, []);
    const { version, serves, decision, synthetic_rows: synthetic, train_size: training, test_size: held } = row ?? {};
    assert.deepEqual([version, serves, decision, synthetic], [1, 1, "challenger", 100]);
    assert.equal(Number(training) + Number(held), 600);
  });
});
