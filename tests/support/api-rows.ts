import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { cp, link, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { extendedFile, landInBronze } from "./bronze.ts";
import { trackRow } from "./life.ts";
import { listFiles } from "./list-files.ts";
import { filesWith, type SpotifyLife } from "./spotify-life.ts";

/** Stands in the id, hence in every name, of each track that the fake tells of. */
export const planted = "PlantedTrack";

/** A play some minutes ago of a track of its own. */
function play(minutesAgo: number): { readonly trackId: string; readonly playedAt: Date } {
  const trackId = `${planted}${String(minutesAgo).padStart(22 - planted.length, "0")}`;
  return { trackId, playedAt: new Date(Date.now() - minutesAgo * 60_000) };
}

const history = extendedFile("Streaming_History_Audio_2024.json", [trackRow("2024-05-01 10:00:00", "Ann - Own")]);

let listened: Promise<string> | null = null;

/** A life with an export and two polls, each in a release of its own that is kept; landed once a test file, and copied after that. */
export async function listen(life: Omit<SpotifyLife, "write">): Promise<void> {
  if (listened === null) {
    listened = landAndKeep(life);
    await listened;
    return;
  }
  await cp(await listened, life.dataDir, { recursive: true, preserveTimestamps: true });
  const warehouse = join(life.dataDir, "warehouse.duckdb");
  await rm(warehouse);
  await link(join(life.dataDir, "releases", "3.duckdb"), warehouse);
  await life.logIn();
}

async function landAndKeep({ logIn, fake, dataDir, run }: Omit<SpotifyLife, "write">): Promise<string> {
  await landHistory(dataDir);
  assert.equal((await run("build")).code, 0);
  await logIn();
  for (const minutesAgo of [90, 30]) {
    await poll(fake, run, minutesAgo);
    assert.equal((await run("build")).code, 0);
  }
  const folder = await mkdtemp(join(tmpdir(), "tonearm-listened-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await cp(dataDir, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

/** Lands an export with one play. */
export async function landHistory(dataDir: string): Promise<void> {
  await landInBronze(dataDir, [history]);
}

/** Lands a play some minutes ago of a planted track. */
export async function poll(fake: SpotifyLife["fake"], run: SpotifyLife["run"], minutesAgo: number): Promise<void> {
  fake.state.plays.push(play(minutesAgo));
  const polled = await run("ingest", "spotify");
  assert.equal(polled.code, 0, polled.stderr);
}

/** Nothing of the Web API is left, and the export's play is. */
export async function assertDisconnected({
  root,
  dataDir,
  query: ask,
}: Pick<SpotifyLife, "root" | "dataDir" | "query">): Promise<void> {
  assert.deepEqual(await filesWith(root, planted), []);
  assert.equal(existsSync(join(dataDir, "spotify")), false);
  assert.deepEqual(await readdir(join(dataDir, "secrets")), []);
  const bronze = await listFiles(join(dataDir, "bronze"));
  assert.deepEqual(
    bronze.map((name) => name.split("/")[0]).filter((name) => name !== "salt"),
    ["landings", "listening_history"],
  );
  const releases = await readdir(join(dataDir, "releases"));
  assert.equal(releases.length, 2, releases.join(" "));
  const release = releases.find((name) => name.endsWith(".duckdb")) ?? "";
  assert.equal(
    (await stat(join(dataDir, "releases", release))).ino,
    (await stat(join(dataDir, "warehouse.duckdb"))).ino,
  );
  assert.deepEqual(await ask("select track_name from silver.plays"), [{ track_name: "Own" }]);
}
