import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { unzipHistory } from "./inputs.ts";

const rows = z.array(z.looseObject({ ts: z.string() }));
/** A week and 37 minutes: copies fall on the same weekdays, at other times. */
const shiftMilliseconds = (7 * 24 * 60 + 37) * 60_000;

/** Writes an export's streaming history so many times into a folder, each copy later than the one before. */
export async function repeatExport(zipPath: string, folder: string, copies: number): Promise<void> {
  await unzipHistory(zipPath, folder);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const plays = rows.parse(JSON.parse(await readFile(path, "utf8")));
    for (let copy = 0; copy < copies; copy++) {
      const shifted = plays.map((play) => ({ ...play, ts: later(play.ts, copy * shiftMilliseconds) }));
      await writeFile(join(folder, name.replace(".json", `_copy_${copy}.json`)), JSON.stringify(shifted));
    }
    await rm(path);
  }
}

function later(moment: string, milliseconds: number): string {
  return new Date(Date.parse(moment) + milliseconds).toISOString().replace(".000Z", "Z");
}
