import { createWriteStream, existsSync } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";

import { openPromise } from "yauzl";

import { projectRoot, runNode, tonearm } from "./measure.ts";

/** A real export and catalogue; BENCH_EXPORT and BENCH_CATALOGUE name others than those beside the project. */
export interface Inputs {
  readonly exportPath: string;
  readonly cataloguePath: string;
}

/** The inputs of all benches; one that is missing cannot be measured and throws. */
export async function findInputs(): Promise<Inputs> {
  const inputs = {
    exportPath: resolve(projectRoot, process.env["BENCH_EXPORT"] ?? "../shared/data/my_spotify_data.zip"),
    cataloguePath: resolve(projectRoot, process.env["BENCH_CATALOGUE"] ?? "../shared/data/kaggle_tracks.csv.gz"),
  };
  for (const path of Object.values(inputs)) {
    await access(path).catch((cause: unknown) => {
      throw new Error(`There is no ${path}; name one with BENCH_EXPORT and BENCH_CATALOGUE.`, { cause });
    });
  }
  return inputs;
}

/** The folder that the peers' own baseline was set up in, or null: BENCH_PEERS names it. */
export function findPeers(): string | null {
  const given = process.env["BENCH_PEERS"] ?? "";
  return given === "" ? null : given;
}

/** The same, resolved; an error where they are not set up. */
export function needPeers(): string {
  const given = findPeers();
  if (given !== null && existsSync(join(given, "venv-dbt"))) return resolve(given);
  throw new Error("BENCH_PEERS names no folder made by the peers' run.sh INPUT_DIR WORK_DIR setup data.");
}

/** What every measured process of the project is told: where its data lies, and a zone that is the same everywhere. */
export function environmentOf(dataDirectory: string): Readonly<Record<"DATA_DIR" | "TONEARM_TIMEZONE", string>> {
  return { DATA_DIR: dataDirectory, TONEARM_TIMEZONE: "Europe/Berlin" };
}

/** Lands export and catalogue in a data folder, unmeasured. */
export async function land(inputs: Inputs, dataDirectory: string): Promise<void> {
  await runNode([...tonearm, "ingest", inputs.exportPath, inputs.cataloguePath], environmentOf(dataDirectory));
}

/** Unpacks the streaming-history files of an export into a folder. */
export async function unzipHistory(zipPath: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const zip = await openPromise(zipPath);
  for await (const entry of zip.eachEntry()) {
    if (!/(^|\/)(Streaming_History_|endsong|endvideo)[^/]*\.json$/.test(entry.fileName)) continue;
    const target = createWriteStream(join(folder, basename(entry.fileName)));
    await pipeline(await zip.openReadStreamPromise(entry), target);
  }
}
