import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, chmod, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { openRegistry } from "../../../runner/learning/registry.ts";
import { readEvidence } from "../../../runner/learning/version-files.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const songs = madeUpSongs(600);
const config = valenceConfig(["energy", "tempo"]);
const first = trained({ config, rows: songs });
const noise = trained({ config: valenceConfig(["luck"]), rows: songs });
const why = { at: "2026-11-22T10:05:00.000Z", reason: "release 12 was scored with it" };
const later = { at: "2026-11-23T08:00:00.000Z", reason: "its predictions looked wrong" };

function folderOf(dataDir: string): string {
  return join(dataDir, "registry", "mood_regression");
}

/** Puts text into a file that is read-only, as an editor that insists would. */
async function alter(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, "utf8");
  await chmod(path, 0o600);
  await writeFile(path, change(text));
}

async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  assert.ok(error instanceof ProjectError, String(error));
  return error.diagnostics.map(({ message }) => message);
}

test("a version is kept in read-only files with their SHA-256", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    assert.deepEqual(await registry.enter(first), { challenger: 1, toServe: 1 });
    const folder = folderOf(dataDir);
    const names = (await readdir(folder)).toSorted();
    assert.deepEqual(names, ["1.json", "1.md", "1.model.json", "1.sha256"]);
    for (const name of names) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o444);
    const sumOf = async (name: string): Promise<string> =>
      createHash("sha256")
        .update(await readFile(join(folder, name)))
        .digest("hex");
    assert.equal(
      await readFile(join(folder, "1.sha256"), "utf8"),
      `${await sumOf("1.json")}  1.json\n${await sumOf("1.model.json")}  1.model.json\n`,
    );
    const { versions, pending, diagnostics } = await registry.list();
    assert.deepEqual(versions, [
      { model: "mood_regression", version: 1, sha256: await sumOf("1.json"), record: first.challenger.record },
    ]);
    assert.deepEqual([pending, diagnostics], [{ mood_regression: 1 }, []]);
    assert.deepEqual(await registry.lastDecision("mood_regression"), first.decision);
  });
});

test("what a decision rests on is kept beside the challenger, and named when it was altered", async () => {
  await inScratchFolder(async (dataDir) => {
    const evidence = {
      table: "cluster_curves",
      rows: [{ k: 3, silhouette: 0.25, is_chosen: true, structure: "weak" }],
    } as const;
    await openRegistry(dataDir).enter({ ...noise, evidence });
    assert.deepEqual(await readEvidence(dataDir, "mood_regression", 1), { version: evidence });
    assert.deepEqual(await readEvidence(dataDir, "mood_regression", 2), { version: null }, "the baseline has none");
    await alter(join(folderOf(dataDir), "1.evidence.json"), (text) => text.replace("0.25", "0.75"));
    const found = await readEvidence(dataDir, "mood_regression", 1);
    assert.ok("diagnostic" in found);
    assert.match(`${found.diagnostic.path} ${found.diagnostic.message}`, /1\.evidence\.json .*was altered/);
  });
});

test("a version becomes champion only when it is promoted, and is then read as it was trained", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    assert.deepEqual(await registry.champion("mood_regression"), { version: null });
    await registry.promote({ mood_regression: 1 }, why);
    const found = await registry.champion("mood_regression");
    assert.ok("version" in found && found.version !== null);
    assert.deepEqual(found.version.record, first.challenger.record);
    assert.equal(found.version.artefact, first.challenger.artefact);
    const { aliases, history, pending } = await registry.list();
    assert.deepEqual(
      [aliases["mood_regression"]?.champion?.version, aliases["mood_regression"]?.challenger?.version, pending],
      [1, 1, {}],
    );
    const reason = first.decision.reason;
    const moved = { event: "moved", model: "mood_regression", from: null, to: 1 } as const;
    assert.deepEqual(history, [
      { event: "decided", model: "mood_regression", challenger: 1, toServe: 1, decision: first.decision },
      { ...moved, alias: "challenger", at: first.decision.at, action: "train", reason },
      { ...moved, alias: "champion", action: "promote", ...why },
    ]);
  });
});

test("a baseline that is to serve becomes a version of its own", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    assert.deepEqual(await registry.enter(noise), { challenger: 1, toServe: 2 });
    const { versions } = await registry.list();
    assert.deepEqual(
      versions.map(({ version, record }) => [version, record.algorithm]),
      [
        [1, "ridge"],
        [2, "mean"],
      ],
    );
  });
});

test("a rollback makes the champion before champion again, as often as there is one", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    for (const version of [1, 2, 3]) {
      await registry.enter(first);
      await registry.promote({ mood_regression: version }, { ...why, at: `2026-11-22T10:0${version}:00.000Z` });
    }
    assert.equal(await registry.rollback("mood_regression", later), 2);
    assert.equal(await registry.rollback("mood_regression", { ...later, at: "2026-11-23T09:00:00.000Z" }), 1);
    assert.deepEqual(await problemsOf(registry.rollback("mood_regression", later)), [
      "model 'mood_regression' has no champion before this one",
    ]);
    const { history } = await registry.list();
    assert.deepEqual(
      history.flatMap((entry) =>
        entry.event === "moved" && entry.alias === "champion" ? [[entry.action, entry.from, entry.to]] : [],
      ),
      [
        ["promote", null, 1],
        ["promote", 1, 2],
        ["promote", 2, 3],
        ["rollback", 3, 2],
        ["rollback", 2, 1],
      ],
    );
  });
});

test("a promotion of several models moves all or none", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    const record = { ...first.challenger.record, model: "energy_regression" };
    await registry.enter({ ...first, challenger: { ...first.challenger, record } });
    const refused = await problemsOf(registry.promote({ mood_regression: 1, energy_regression: 2 }, why));
    assert.deepEqual(refused, ["this file of a model version is missing"]);
    assert.equal((await registry.list()).aliases["mood_regression"]?.champion, null);
    await registry.promote({ mood_regression: 1, energy_regression: 1 }, why);
    const { aliases } = await registry.list();
    assert.deepEqual(
      ["mood_regression", "energy_regression"].map((model) => aliases[model]?.champion?.version),
      [1, 1],
    );
  });
});

for (const [name, trouble] of [
  ["1.json", /^this file of a model version was altered: its SHA-256 is not [0-9a-f]{64}$/],
  ["1.model.json", /^this file of a model version was altered: its SHA-256 is not [0-9a-f]{64}$/],
] as const) {
  test(`one altered digit in ${name} is noticed: the file is named and never loaded`, async () => {
    await inScratchFolder(async (dataDir) => {
      const registry = openRegistry(dataDir);
      await registry.enter(first);
      await registry.enter(first);
      await registry.promote({ mood_regression: 1 }, why);
      const path = join(folderOf(dataDir), name);
      await alter(path, (text) => text.replace(/\d(?=[^\d]*$)/, (digit) => String((Number(digit) + 1) % 10)));
      const found = await registry.champion("mood_regression");
      assert.ok("diagnostic" in found);
      assert.equal(found.diagnostic.path, path);
      assert.match(found.diagnostic.message, trouble);
      assert.ok("version" in (await registry.read("mood_regression", 2)));
      assert.equal((await problemsOf(registry.promote({ mood_regression: 1 }, why))).length, 1);
    });
  });
}

test("a torn or missing file is named in the list, the other versions are there", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    for (let count = 0; count < 3; count++) await registry.enter(first);
    await alter(join(folderOf(dataDir), "1.json"), (text) => text.slice(0, 100));
    await rm(join(folderOf(dataDir), "2.model.json"));
    const { versions, diagnostics } = await registry.list();
    assert.deepEqual(
      versions.map(({ version }) => version),
      [3],
    );
    assert.deepEqual(
      diagnostics.map(({ path }) => path),
      [join(folderOf(dataDir), "1.json"), join(folderOf(dataDir), "2.model.json")],
    );
  });
});

test("a version of a later format is named, not guessed", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    const path = join(folderOf(dataDir), "1.json");
    await alter(path, (text) => text.replace('"format": 1', '"format": 2'));
    const sum = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    await alter(join(folderOf(dataDir), "1.sha256"), (text) => text.replace(/^\w+/, sum));
    const { diagnostics } = await registry.list();
    assert.match(diagnostics[0]?.message ?? "", /^this file of a model version is of another format\n.*\n.*at format$/);
  });
});

test("a champion that was swapped together with its checksum is not the one that was promoted", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    await registry.promote({ mood_regression: 1 }, why);
    const path = join(folderOf(dataDir), "1.json");
    await alter(path, (text) => text.replace('"seed": "songs"', '"seed": "other"'));
    const sum = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    await alter(join(folderOf(dataDir), "1.sha256"), (text) => text.replace(/^\w+/, sum));
    const found = await registry.champion("mood_regression");
    assert.deepEqual("diagnostic" in found && [found.diagnostic.path, found.diagnostic.message], [
      path,
      "this file of the champion is not the one that was promoted",
    ]);
  });
});

const killed: readonly (readonly [string, readonly string[]])[] = [
  ["while it wrote the model", ["2.model.json.next"]],
  ["before the card", ["2.model.json"]],
  ["before the record", ["2.model.json", "2.md"]],
  ["before the checksums", ["2.model.json", "2.md", "2.json", "2.sha256.next"]],
];

for (const [moment, left] of killed) {
  test(`a training that was killed ${moment} leaves no version, and the next one takes its number`, async () => {
    await inScratchFolder(async (dataDir) => {
      const registry = openRegistry(dataDir);
      await registry.enter(first);
      for (const name of left) await writeFile(join(folderOf(dataDir), name), "{", { mode: 0o444 });
      const { versions, diagnostics } = await registry.list();
      assert.deepEqual([versions.length, diagnostics], [1, []]);
      assert.deepEqual(await registry.enter(first), { challenger: 2, toServe: 2 });
      assert.ok("version" in (await registry.read("mood_regression", 2)));
      const names = await readdir(folderOf(dataDir));
      assert.deepEqual(names.filter((name) => name.startsWith("2")).toSorted(), [
        "2.json",
        "2.md",
        "2.model.json",
        "2.sha256",
      ]);
    });
  });
}

test("a move whose line in the history was never written is told with the next one", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    await registry.enter(first);
    await registry.promote({ mood_regression: 1 }, why);
    const path = join(dataDir, "registry", "history.jsonl");
    const whole = await readFile(path, "utf8");
    const lines = whole.split("\n");
    await writeFile(path, lines.slice(0, -2).join("\n") + "\n" + (lines.at(-2) ?? "").slice(0, 40));
    const before = await registry.list();
    assert.deepEqual([before.diagnostics, before.history.length, before.pending], [[], 5, {}]);
    await registry.promote({ mood_regression: 2 }, later);
    assert.ok((await readFile(path, "utf8")).startsWith(whole));
    assert.equal(await registry.rollback("mood_regression", { ...later, at: "2026-11-24T08:00:00.000Z" }), 1);
  });
});

test("a promotion twice is one promotion", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    await registry.promote({ mood_regression: 1 }, why);
    const { history } = await registry.list();
    await registry.promote({ mood_regression: 1 }, later);
    assert.deepEqual((await registry.list()).history, history);
  });
});

test("a line that is no entry is named with its number and left out", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    const path = join(dataDir, "registry", "history.jsonl");
    await appendFile(path, "{}\n");
    const { history, diagnostics } = await registry.list();
    assert.equal(history.length, 2);
    assert.deepEqual(
      diagnostics.map((one) => [one.path, one.line, one.message]),
      [[path, 3, "this line is no entry of the registry's history"]],
    );
  });
});

test("aliases that cannot be read are an error that names the file, not an empty registry", async () => {
  await inScratchFolder(async (dataDir) => {
    const registry = openRegistry(dataDir);
    await registry.enter(first);
    await alter(join(dataDir, "registry", "aliases.json"), (text) => text.slice(0, 30));
    const [message] = await problemsOf(registry.champion("mood_regression"));
    assert.match(message ?? "", /^the registry's aliases cannot be read/);
  });
});

test("an empty data folder has an empty registry, and reading makes nothing", async () => {
  await inScratchFolder(async (dataDir) => {
    assert.deepEqual(await openRegistry(dataDir).list(), {
      versions: [],
      aliases: {},
      history: [],
      pending: {},
      diagnostics: [],
    });
    assert.deepEqual(await readdir(dataDir), []);
  });
});
