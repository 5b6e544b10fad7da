import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
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

/** Lands an export and two polls, each in a release of its own that is kept. */
export async function listen({ logIn, fake, dataDir, run }: Omit<SpotifyLife, "write">): Promise<void> {
  await landInBronze(dataDir, [history]);
  assert.equal((await run("build")).code, 0);
  await logIn();
  for (const minutesAgo of [90, 30]) {
    fake.state.plays.push(play(minutesAgo));
    const polled = await run("ingest", "spotify");
    assert.equal(polled.code, 0, polled.stderr);
    assert.equal((await run("build")).code, 0);
  }
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
