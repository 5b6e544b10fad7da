import type { ChildProcess } from "node:child_process";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { parse, stringify } from "yaml";
import * as z from "zod";

import { saveTokens } from "../../runner/spotify/token-store.ts";
import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { type FakeSpotify, withFakeSpotify } from "./fake-spotify.ts";
import { listFiles } from "./list-files.ts";
import { benchTokens } from "./spotify-bench.ts";
import { type Outcome, outcomeOf, type Scratch, scratchProject, startTonearm } from "./tonearm.ts";

/** A small project with the real sources, run by the real command line before a fake Spotify. */
export interface SpotifyLife extends Pick<Scratch, "root" | "dataDir" | "write" | "query"> {
  readonly fake: FakeSpotify;
  /** Environment of its processes. */
  readonly environment: Readonly<Record<string, string>>;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
  /** Starts a process whose standard input stays open for the test to type. */
  readonly start: (...args: readonly string[]) => ChildProcess;
  /** Makes a login as if the user had just agreed. */
  readonly logIn: () => Promise<void>;
  /** Lets the browser of its processes run this, with the address as `address`; at first it does nothing. */
  readonly setBrowser: (script: string) => Promise<void>;
}

const projectSchema = z.record(z.string(), z.unknown());

/** A few models over the real sources. */
export const smallModels = {
  "models/silver/plays.sql": `/*---
description: Plays.
---*/
select track_id, track_name, artist_name, source_kind, ended_at from {{source 'bronze.listening_history'}}
`,
  "models/silver/tracks.sql": `/*---
description: Tracks.
---*/
select track_id, track_name, isrc from {{source 'bronze.my_tracks_features'}}
`,
  "models/gold/favourites.sql": `/*---
description: Favourites.
---*/
select track_name, count(*)::int as plays from {{ref 'plays'}} group by all
`,
  "models/gold/personalized_playlist_suggestions.sql": `/*---
description: Suggestions.
---*/
select * from {{ref 'suggestions'}}
`,
  "seeds/suggestions.csv": "playlist_name,playlist_purpose,track_name,track_id,position\n",
  "seeds/suggestions.yml": `description: Suggestions.
columns:
  - { name: playlist_name, data_type: VARCHAR, description: Name. }
  - { name: playlist_purpose, data_type: VARCHAR, description: Purpose. }
  - { name: track_name, data_type: VARCHAR, description: Title. }
  - { name: track_id, data_type: VARCHAR, description: Id. }
  - { name: position, data_type: INTEGER, description: Rank. }
`,
};

/** Runs a test with such a project, whose folders go when the test ends. */
export async function withSpotifyLife(
  context: Pick<TestContext, "after">,
  use: (life: SpotifyLife) => Promise<void>,
): Promise<void> {
  const repository = join(import.meta.dirname, "../..");
  const project = projectSchema.parse(parse(await readFile(join(repository, "project.yml"), "utf8")));
  const small = { silver: { schema: "silver", critical: true }, gold: { schema: "gold" } };
  const text = stringify({ ...project, models: small });
  const scratch = await scratchProject(context, { "project.yml": text, ...smallModels });
  await withFakeSpotify(
    () => new Date(),
    async (fake) => use(await makeLife(scratch, fake)),
  );
}

/** What a process needs to ask the fake instead of Spotify. */
export function spotifyEnvironment({ vars }: FakeSpotify): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(vars).map(([name, value]) => [`TONEARM_${name.toUpperCase()}`, value]));
}

/** The files below a folder in which a text stands, by their relative paths; of Parquet the rows are read, for they are compressed. */
export async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await listFiles(folder)) {
    const path = join(folder, name);
    // A link to a folder has nothing of its own.
    if (!(await stat(path)).isFile()) continue;
    const content = name.endsWith(".parquet") ? await parquetText(path) : await readFile(path);
    if (content.includes(text)) found.push(name);
  }
  return found;
}

/** Waits until a process has printed a text, and gives everything it printed until then; fails when it ends before. */
export async function printed(child: ChildProcess, text: string): Promise<string> {
  let seen = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve(seen);
    });
    child.once("close", () => reject(new Error(`The process ended without "${text}": ${seen}`)));
  });
}

async function makeLife(scratch: Scratch, fake: FakeSpotify): Promise<SpotifyLife> {
  const { root, dataDir, write, query } = scratch;
  const bin = join(root, "bin");
  const setBrowser = async (script: string): Promise<void> => {
    await mkdir(bin, { recursive: true });
    for (const name of ["xdg-open", "open"]) {
      const path = join(bin, name);
      await writeFile(path, `#!${process.execPath}\nconst address = process.argv[2];\n${script}\n`);
      await chmod(path, 0o755);
    }
  };
  await setBrowser("");
  const environment = { ...spotifyEnvironment(fake), TONEARM_TIMEZONE: "UTC", PATH: `${bin}:${process.env["PATH"]}` };
  return {
    root,
    dataDir,
    write,
    query,
    fake,
    environment,
    setBrowser,
    run: (...args) => outcomeOf(startTonearm(args, { cwd: root, environment })),
    start: (...args) => startTonearm(args, { cwd: root, environment, stdin: "pipe" }),
    logIn: () => saveTokens(dataDir, benchTokens(fake)),
  };
}

async function parquetText(path: string): Promise<string> {
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    return JSON.stringify(await connection.query(`select * from read_parquet('${path}')`));
  });
}
