import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";

import type { Row } from "../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { type BronzeFile, type BronzeRow, landInBronze } from "./bronze.ts";
import { keepCaches, takeCaches } from "./compiled-before.ts";
import { keepModels } from "./keep-models.ts";
import { outcomeOf, startTonearm } from "./tonearm.ts";

/** A copy of the project's models and seeds, in which listening is landed and built. */
export interface Life {
  readonly root: string;
  readonly dataDir: string;
  readonly land: (...files: readonly BronzeFile[]) => Promise<void>;
  /** Builds everything, or what is selected; fails unless every node and test passes, warnings included. */
  readonly build: (...select: readonly string[]) => Promise<void>;
  /** Builds everything and gives what was printed, whatever came of it. */
  readonly tryBuild: () => Promise<string>;
  /** Writes seed exclusions, a rule a line. */
  readonly exclude: (...rules: readonly string[]) => Promise<void>;
  readonly query: (sql: string) => Promise<readonly Row[]>;
}

const repository = resolve(import.meta.dirname, "../..");

/** A life without listening yet, in the time zone given, whose folders go when the test ends; of the project only these models, where it need not be whole. */
export async function newLife(
  context: Pick<TestContext, "after">,
  timezone = "UTC",
  models: readonly string[] | "all" = "all",
): Promise<Life> {
  const root = await mkdtemp(join(tmpdir(), "tonearm-life-"));
  const part = [models].flat().join("+").replaceAll("/", "-");
  context.after(async () => {
    await keepCaches(root, part);
    await rm(root, { recursive: true, force: true });
  });
  await takeCaches(root, part);
  for (const path of ["project.yml", "models", "seeds", "tests/models"]) {
    await cp(join(repository, path), join(root, path), { recursive: true });
  }
  if (models !== "all") await keepModels(root, models);
  return lifeIn(root, join(root, "data"), timezone);
}

/** Another life of the same project, with a data folder of its own. */
export function lifeIn(root: string, dataDir: string, timezone: string): Life {
  const environment = { DATA_DIR: dataDir, TONEARM_TIMEZONE: timezone };
  const run = (select: readonly string[]): ReturnType<typeof outcomeOf> =>
    outcomeOf(startTonearm(["build", ...select.flatMap((one) => ["--select", one])], { cwd: root, environment }));
  return {
    root,
    dataDir,
    land: (...files) => landInBronze(dataDir, files),
    async build(...select) {
      const { code, stdout, stderr } = await run(select);
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      assert.match(stdout, /WARN=0 ERROR=0 SKIP=0/, stdout);
    },
    async tryBuild() {
      const { stdout, stderr } = await run([]);
      return stdout + stderr;
    },
    exclude: (...rules) => {
      const heading = "kind,value,artist_name,from_date,to_date,note";
      return writeFile(join(root, "seeds/exclusions.csv"), `${[heading, ...rules].join("\n")}\n`);
    },
    query: (sql) =>
      withDuckDB({ path: join(dataDir, "warehouse.duckdb"), readOnly: true }, async (database) =>
        (await database.connect()).query(sql),
      ),
  };
}

/** A play of a track as an extended history has it, half an hour of silence around it left to the caller. */
export function trackRow(endedAt: string, names: string, more: BronzeRow = {}): BronzeRow {
  const [artist = "", ...title] = names.split(" - ");
  return {
    ended_at: endedAt,
    ms_played: 180_000,
    media_type: "track",
    track_id: trackId(names),
    track_name: title.join(" - "),
    artist_name: artist,
    album_name: `${title.join(" - ")} and more`,
    platform: "android",
    country: "DE",
    reason_start: "trackdone",
    reason_end: "trackdone",
    shuffle: false,
    skipped: false,
    offline: false,
    incognito: false,
    ...more,
  };
}

/** The same play as account data has it: names, length and the minute of the end. */
export function accountRow(endedAt: string, names: string, msPlayed = 180_000): BronzeRow {
  const [artist = "", ...title] = names.split(" - ");
  return {
    ended_at: `${endedAt.slice(0, 16)}:00`,
    ms_played: msPlayed,
    media_type: "track",
    track_name: title.join(" - "),
    artist_name: artist,
  };
}

/** An id as long as Spotify's, made of letters of the names. */
export function trackId(names: string): string {
  return names
    .replaceAll(/[^0-9A-Za-z]/g, "")
    .padEnd(22, "0")
    .slice(0, 22);
}
