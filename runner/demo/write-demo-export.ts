import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { catalogueCsv } from "./catalogue-csv.ts";
import { demoCatalogue } from "./demo-catalogue.ts";
import { demoDiscography } from "./demo-discography.ts";
import { demoHistory } from "./demo-history.ts";
import { demoLife } from "./demo-life.ts";
import { prng } from "../prng.ts";
import type { SpotifyRow } from "./spotify-row.ts";

/** Where the listener of the demo lives; hours of the day make sense in this time zone only. */
export const demoTimezone = "Europe/Berlin";

/** What everything that shows the demo says. */
export const demoNotice = "Demo data: the listener, the artists, the songs and every play shown here are made up.";

/** Writes two invented years as an export of Spotify and a catalogue in Kaggle's columns, and gives back the files' paths. */
export async function writeDemoExport(folder: string): Promise<readonly string[]> {
  const files = demoFiles().map(({ path, text }) => ({ path: join(folder, path), text }));
  try {
    await mkdir(join(folder, historyFolder), { recursive: true, mode: 0o700 });
    for (const file of files) await writeWhole(file);
  } catch (error) {
    throw withRemedy(folder, error);
  }
  return files.map(({ path }) => path);
}

/** A reader of the folder never sees half a file, and a full disk keeps nothing of it. */
async function writeWhole({ path, text }: DemoFile): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, text);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/** What the file system refused is the user's to mend; everything else is passed on as it is. */
function withRemedy(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const hint = remedies.get(String(error.code));
  const message = `cannot take the demo export: ${error.message}`;
  return hint === undefined ? error : new ProjectError([{ path: folder, message, hint }], 1);
}

const remedies = new Map([
  ["EACCES", "make the folder writable, or set DATA_DIR to a folder that is"],
  ["EPERM", "make the folder writable, or set DATA_DIR to a folder that is"],
  ["EROFS", "the disk is read-only: set DATA_DIR to a folder on another one"],
  ["ENOSPC", "the disk is full: the demo export needs 15 MB"],
  ["ENOTDIR", "a file stands where the folder should be: move it away, or set DATA_DIR to another folder"],
  ["EEXIST", "a file stands where the folder should be: move it away, or set DATA_DIR to another folder"],
]);

const historyFolder = "Spotify Extended Streaming History";

interface DemoFile {
  readonly path: string;
  readonly text: string;
}

function demoFiles(): readonly DemoFile[] {
  const random = prng("Tonearm demo");
  const artists = demoDiscography(random.fork("discography"));
  const plays = demoLife(artists, random.fork("life"));
  const history = demoHistory(plays, random.fork("history"));
  return [
    ...history.audio.map((rows, index) => historyFile(`Audio_${years(rows)}_${index}`, rows)),
    historyFile(`Video_${years(history.video)}`, history.video),
    { path: "demo_tracks.csv", text: catalogueCsv(demoCatalogue(artists, random.fork("catalogue"))) },
  ];
}

function historyFile(name: string, rows: readonly SpotifyRow[]): DemoFile {
  return { path: join(historyFolder, `Streaming_History_${name}.json`), text: JSON.stringify(rows) };
}

/** The years from the first row to the last one, as Spotify names its files. */
function years(rows: readonly SpotifyRow[]): string {
  const first = rows[0]?.ts.slice(0, 4);
  const last = rows.at(-1)?.ts.slice(0, 4);
  return first === last ? `${first}` : `${first}-${last}`;
}
