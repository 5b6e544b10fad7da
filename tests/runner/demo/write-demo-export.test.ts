import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { demoNotice, demoTimezone, writeDemoExport } from "../../../runner/demo/write-demo-export.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";

const history = "Spotify Extended Streaming History";
const files = [
  `${history}/Streaming_History_Audio_2023-2024_0.json`,
  `${history}/Streaming_History_Audio_2023-2024_1.json`,
  `${history}/Streaming_History_Video_2023-2024.json`,
  "demo_tracks.csv",
];

let parent: string;
let folder: string;
let paths: readonly string[];

before(async () => {
  parent = await mkdtemp(join(tmpdir(), "tonearm-demo-"));
  folder = join(parent, "inbox");
  paths = await writeDemoExport(folder);
});

after(() => rm(parent, { recursive: true }));

test("the files lie where Spotify puts them, the catalogue beside them, and nothing else does", async () => {
  assert.deepEqual(
    paths.map((path) => relative(folder, path)),
    files,
  );
  const written = await readdir(folder, { recursive: true });
  assert.deepEqual(new Set(written), new Set([history, ...files]));
});

test("nobody else can read the folders", async () => {
  for (const path of [folder, join(folder, history)]) assert.equal((await stat(path)).mode & 0o777, 0o700);
});

test("all files together stay below 15 MB", async () => {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 15_000_000);
});

test("other processes write the same bytes, whatever their time zone and language", async () => {
  const module = new URL("../../../runner/demo/write-demo-export.ts", import.meta.url).href;
  const script = `import { writeDemoExport } from ${JSON.stringify(module)}; await writeDemoExport(process.argv[1]);`;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const own = await sha256(folder);
  for (const surroundings of [
    { TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8" },
    { TZ: "America/Los_Angeles", LC_ALL: "C" },
  ]) {
    const other = join(parent, surroundings.LC_ALL);
    const env = { ...process.env, ...surroundings };
    execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, other], { cwd: root, env });
    assert.equal(await sha256(other), own);
  }
});

test("writing a second time changes nothing", async () => {
  const earlier = await sha256(folder);
  assert.deepEqual(await writeDemoExport(folder), paths);
  assert.equal(await sha256(folder), earlier);
});

test("a file in the folder's place is named together with the way out, and is left alone", async () => {
  const blocked = join(parent, "blocked");
  await writeFile(blocked, "mine");
  await assert.rejects(writeDemoExport(join(blocked, "inbox")), (error) => {
    assert.ok(error instanceof ProjectError);
    assert.equal(error.exitCode, 1);
    assert.match(error.message, /blocked\/inbox cannot take the demo export: .+\n\na file stands where/);
    return true;
  });
  assert.equal(await readFile(blocked, "utf8"), "mine");
});

test("a caller can say in one sentence what is shown, and in which time zone", () => {
  assert.match(demoNotice, /^[^.]*\bmade up\.$/);
  assert.equal(demoTimezone, "Europe/Berlin");
});

async function sha256(of: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(join(of, file)));
  return hash.digest("hex");
}
