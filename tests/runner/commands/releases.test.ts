import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { readJournal } from "../../../runner/execution/journal.ts";
import { type Scratch, scratchProject, smallProject } from "../../support/tonearm.ts";

const songs = (rows: string): Readonly<Record<string, string>> => ({
  "seeds/songs.csv": `song_id,name,plays\n${rows}`,
});
const songsYaml = {
  "seeds/songs.yml": `description: Songs.
columns:
  - { name: song_id, data_type: INTEGER, description: Key., data_tests: [unique, not_null] }
  - { name: name, data_type: VARCHAR, description: Name. }
  - { name: plays, data_type: INTEGER, description: Plays. }
`,
};
const total = "/*--- { description: Total. } ---*/\nselect sum(plays)::bigint as plays from {{ref 'songs'}}\n";
const files = {
  ...songsYaml,
  ...songs("1,Alpha,10\n2,Beta,20\n3,Gamma,30\n"),
  "models/silver/loved.sql":
    "/*--- { description: Loved. } ---*/\nselect song_id, name from {{ref 'songs'}} where plays > 15\n",
  "models/gold/total.sql": total,
};

async function playsOf(project: Scratch): Promise<unknown> {
  return (await project.query("select plays from gold.total"))[0]?.["plays"];
}

async function say(project: Scratch, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await project.run(...args);
  assert.equal(code, 0, stdout + stderr);
  return stdout.trimEnd().split("\n");
}

/** Sets back the time that a release was published at. */
async function age({ dataDir }: Scratch, release: number, days: number): Promise<void> {
  const path = join(dataDir, "releases", `${release}.json`);
  const publishedAt = new Date(Date.now() - days * 24 * 3_600_000).toISOString();
  const text = await readFile(path, "utf8");
  await chmod(path, 0o600);
  await writeFile(path, text.replace(/"publishedAt": "[^"]+"/, `"publishedAt": "${publishedAt}"`));
}

/** A number of cells between the gaps of a table's line. */
const cells = (line: string | undefined): readonly string[] => (line ?? "").trim().split(/ {2,}/);

test("releases are listed, compared, gone back to, pinned and unpinned", async (t) => {
  const project = await scratchProject(t, files);
  assert.match((await say(project, "releases")).join("\n"), /Nothing has been published yet/);
  await say(project, "build");
  await project.write(songs("1,Alpha,10\n2,Beta,25\n4,Delta,40\n"));
  await say(project, "build");
  // Only the texts change: the release has another comment, and no other rows.
  await project.write({ "models/gold/total.sql": total.replace("Total.", "All plays.") });
  await say(project, "build");

  await t.test("releases names run, time, changed relations and rows, newest first", async () => {
    const runs = readdirSync(join(project.dataDir, "runs"))
      .toSorted()
      .map((name) => name.replace(".jsonl", ""));
    const lines = (await say(project, "releases")).slice(2).map(cells);
    assert.deepEqual(
      lines.map(([release, ...rest]) => [release, rest.filter((cell) => !/^\d{4}-/.test(cell))]),
      [
        ["3", ["current", runs[2], "6", "0"]],
        ["2", [runs[1], "6", "0", "loved, songs, total"]],
        ["1", [runs[0], "6", "0", "loved, songs, total"]],
      ],
    );
  });

  await t.test("diff lists the relations that differ, with rows added, removed and changed by key", async () => {
    const lines = await say(project, "diff", "1", "2");
    assert.deepEqual(lines.slice(4, -2).map(cells), [
      ["gold.total", "same", "1", "1", "1", "1", "–"],
      ["seeds.songs", "same", "3", "3", "1", "1", "1"],
      ["silver.loved", "same", "2", "2", "1", "1", "–"],
    ]);
    assert.equal(lines.at(-1), "0 relations are the same.");
    assert.deepEqual(await say(project, "diff", "2", "3"), [
      "Release 3 against release 2",
      "3 relations are the same.",
    ]);
  });

  await t.test("diff of one relation shows columns, keys and cells", async () => {
    const text = (await say(project, "diff", "1", "2", "songs")).map((line) => cells(line).join(" | "));
    assert.deepEqual(text, [
      "Release 2 against release 1",
      "seeds.songs, by song_id",
      "",
      "rows before | rows after | added | removed | changed",
      "─────────── | ────────── | ───── | ─────── | ───────",
      "3 | 3 | 1 | 1 | 1",
      "",
      "Added",
      "song_id",
      "───────",
      "4",
      "",
      "Removed",
      "song_id",
      "───────",
      "3",
      "",
      "Changed",
      "plays in 1",
      "song_id | column | before | after",
      "─────── | ────── | ────── | ─────",
      "2 | plays | 20 | 25",
    ]);
    const loved = (await say(project, "diff", "1", "2", "silver.loved")).join("\n");
    assert.match(loved, /rows compared whole/);
    assert.match(loved, /Added\nsong_id +name\n.*\n +4 +Delta\n\nRemoved\nsong_id +name\n.*\n +3 +Gamma$/);
  });

  await t.test("rollback makes the release before it the warehouse, and pins it", async () => {
    const lines = await say(project, "rollback", "1");
    assert.match(lines[0] ?? "", /^Release 1 of .* is the warehouse again instead of 3, and pinned\.$/);
    assert.equal(await playsOf(project), 60);
    const [warehouse, release] = await Promise.all(
      ["warehouse.duckdb", "releases/1.duckdb"].map(async (name) => stat(join(project.dataDir, name))),
    );
    assert.equal(warehouse?.ino, release?.ino);
    const listed = await say(project, "releases");
    assert.match(listed.join("\n"), /^1 +current, pinned/m);
    assert.match(listed.at(-1) ?? "", /^Release 1 is pinned since .*: npm run unpin$/);
    assert.match((await say(project, "status")).join("\n"), /release +1, published .*\n.*pinned since .*npm run unpin/);
  });

  await t.test("a scheduled build and training leave a pinned release alone, and the journal says so", async () => {
    for (const command of ["train", "build"]) {
      const out = await say(project, command, "--scheduled");
      assert.match(out.join("\n"), /Skipped: release 1 is pinned since/, command);
    }
    assert.equal(await playsOf(project), 60);
    const last = readdirSync(join(project.dataDir, "runs")).toSorted().at(-1) ?? "";
    const events = await readJournal(join(project.dataDir, "runs", last));
    assert.deepEqual(
      events.map((entry) =>
        entry.event === "stage_skipped"
          ? [entry.event, entry.reason]
          : entry.event === "run_finished"
            ? [entry.event, entry.status, entry.exitCode]
            : entry.event,
      ),
      ["run_started", ["stage_skipped", "pinned"], ["run_finished", "skipped", 0]],
    );
  });

  await t.test("unpin lets the next scheduled build go on from there", async () => {
    assert.deepEqual(await say(project, "unpin"), ["Release 1 is no longer pinned: the next build goes on from it."]);
    await say(project, "build", "--scheduled");
    assert.equal(await playsOf(project), 75);
    assert.match((await say(project, "releases")).join("\n"), /^4 +current /m);
  });

  await t.test("a build by hand ends a pin; one that publishes nothing does not", async () => {
    assert.match((await say(project, "rollback"))[0] ?? "", /^Release 3 .* instead of 4, and pinned/);
    await project.write(songs("1,Alpha,10\n1,Beta,25\n"));
    assert.equal((await project.run("build")).code, 1, "the key of a seed is double: critical");
    assert.match((await say(project, "releases")).join("\n"), /^3 +current, pinned/m);
    await project.write(songs("1,Alpha,11\n"));
    await say(project, "build");
    const listed = (await say(project, "releases")).join("\n");
    assert.match(listed, /^5 +current /m);
    assert.doesNotMatch(listed, /pinned/);
    // Release 4 went on from 1, 5 from 3, and what 3 went on from is gone: it had only other texts.
    const changed = [...listed.matchAll(/^(\d+) .* {2,}\d+ +\d+(?: +(\w.*))?$/gm)].map((line) => line.slice(1));
    assert.deepEqual(changed, [
      ["5", "loved, songs, total"],
      ["4", "loved, songs, total"],
      ["3", undefined],
    ]);
    assert.deepEqual(
      (await readdir(join(project.dataDir, "releases"))).filter((name) => name.includes("pinned")),
      [],
    );
    await say(project, "rollback", "5");
    assert.match((await say(project, "build")).join("\n"), /Nothing to do.*\nRelease 5 is no longer pinned/);
  });

  await t.test("what is no release is refused with those that are kept", async () => {
    const outcomes = [
      [["rollback", "77"], /release 77 is not kept\n\nKept are 5, 4, 3/],
      [["diff", "4", "9"], /release 9 is not kept/],
      [["diff", "4", "5", "totl"], /'totl' names no relation of the two releases\n\ndid you mean 'total'/],
    ] as const;
    for (const [args, message] of outcomes) {
      const { code, stderr } = await project.run(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, message);
    }
  });
});

test("releases of more than keep_days go although there is room for them, and the current one never does", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "project.yml": smallProject.replace("keep_releases: 3", "keep_releases: 9, keep_days: 2"),
  });
  const releases = async () => (await readdir(join(project.dataDir, "releases"))).toSorted();
  await say(project, "build");
  await project.write(songs("1,Alpha,11\n"));
  await say(project, "build");
  await age(project, 1, 3);
  await age(project, 2, 1);
  assert.deepEqual(await releases(), ["1.duckdb", "1.json", "2.duckdb", "2.json"]);
  await project.write(songs("1,Alpha,12\n"));
  await say(project, "build");
  assert.deepEqual(await releases(), ["2.duckdb", "2.json", "3.duckdb", "3.json"]);
});
