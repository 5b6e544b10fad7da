import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

import * as z from "zod";

import { readDemoMarker } from "../../../runner/commands/demo-marker.ts";
import { readExportPlaces } from "../../../runner/delivery/export-places.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import { loadPlaylistIds } from "../../../runner/spotify/remembered-playlists.ts";
import { readCopyNote } from "../../../runner/warehouse/copied-warehouse.ts";
import { readJsonFile, recallJsonFile } from "../../../runner/warehouse/json-file.ts";
import { readPin } from "../../../runner/warehouse/pin.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const note = z.strictObject({ at: z.iso.datetime().transform((text) => new Date(text)) });
const damage = { message: "the note is damaged", hint: "Remove it." };

test("a JSON file is read in its shape, and a missing one is null", () =>
  inScratchFolder(async (folder) => {
    const path = join(folder, "note.json");
    await writeFile(join(folder, "file"), "");
    for (const missing of [path, join(folder, "folder/note.json"), join(folder, "file/note.json")]) {
      assert.equal(await readJsonFile(missing, note, damage), null);
      assert.equal(await recallJsonFile(missing, note), null);
    }
    await writeFile(path, '{"at":"2026-01-01T00:00:00Z"}\n');
    assert.deepEqual(await readJsonFile(path, note, damage), { at: new Date(Date.UTC(2026, 0, 1)) });
    assert.deepEqual(await recallJsonFile(path, note), { at: new Date(Date.UTC(2026, 0, 1)) });
  }));

for (const [what, text, said] of [
  ["torn", '{"at":"2026-01-', /^the note is damaged\n.*is not JSON$/],
  ["empty", "", /^the note is damaged\n.*is not JSON$/],
  ["of another shape", '{"at":"noon"}', /^the note is damaged\n.*ISO datetime.*\n.*at at$/],
] as const) {
  test(`a JSON file that is ${what} is named with its remedy, or forgotten by who can make it again`, () =>
    inScratchFolder(async (folder) => {
      const path = join(folder, "note.json");
      await writeFile(path, text);
      const error: unknown = await readJsonFile(path, note, damage).catch((reason: unknown) => reason);
      assert.ok(error instanceof ProjectError);
      const [found] = error.diagnostics;
      assert.equal(found?.path, path);
      assert.match(found?.message ?? "", said);
      assert.equal(found?.hint, "Remove it.");
      assert.equal(await recallJsonFile(path, note), null);
    }));
}

for (const [path, read] of [
  ["releases/pinned.json", readPin],
  ["releases/copied.json", readCopyNote],
  ["deliveries/a.json", readExportPlaces],
  ["spotify/playlists.json", loadPlaylistIds],
  ["demo.json", readDemoMarker],
] as const) {
  test(`a torn ${path} is named with what mends it`, () =>
    inScratchFolder(async (dataDir) => {
      await mkdir(dirname(join(dataDir, path)), { recursive: true });
      await writeFile(join(dataDir, path), '{"release":');
      await assert.rejects(read(dataDir), (error) => {
        assert.ok(error instanceof ProjectError);
        assert.equal(error.diagnostics[0]?.path, join(dataDir, path));
        assert.match(error.message, /is not JSON\n\nRemove the (file|data folder)/);
        return true;
      });
    }));
}
