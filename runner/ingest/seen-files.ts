import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import * as z from "zod";

import { sha256 } from "../project/sha256.ts";
import { recallJsonFile } from "../warehouse/json-file.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { sourceReaders } from "./source-readers.ts";

const count = z.int().nonnegative();
const seenFiles = z.strictObject({
  codeVersion: z.string(),
  /** Hashes of names and sizes, and of content; neither a name nor a path is written down. */
  list: z.string(),
  content: z.string(),
  landed: z.array(
    z.strictObject({
      file: z.string(),
      kind: z.enum(["extended", "account", "catalogue"]),
      table: z.string(),
      batchId: z.string(),
    }),
  ),
  ignored: count,
});

/** What was found in files of which all had landed before, and how many others were nobody's. */
export type SeenFiles = Pick<z.infer<typeof seenFiles>, "landed" | "ignored">;

/** A file as it lies on the disk. */
export interface GivenFile {
  readonly path: string;
  readonly bytes: number;
  readonly changedAt: number;
  /** Whether its name lets it be one that lands, or hold some. */
  readonly isOpened: boolean;
}

interface SeenContext {
  readonly dataDir: string;
  /** Of the code that reads files: another version may find more in them. */
  readonly codeVersion: string;
}

/** A large zip may be nobody's, of which reading sees the list of files only. */
const mostBytes = 512e6;

/** The files at these paths; null when they cannot all be told, which reading them tells better, or are too large to be hashed each time. */
export async function listGiven(paths: readonly string[], dataDir: string): Promise<readonly GivenFile[] | null> {
  const files: GivenFile[] = [];
  try {
    for (const path of paths) {
      if ((await stat(path)).isDirectory()) await collect(resolve(path), resolve(dataDir), files);
      else files.push(await describe(resolve(path), true));
    }
  } catch {
    return null;
  }
  const bytes = files.reduce((sum, file) => sum + (file.isOpened ? file.bytes : 0), 0);
  return bytes > mostBytes ? null : files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

/** What these very files, byte for byte, held when they were read last; null when that is not known. */
export async function recallSeen(
  given: readonly GivenFile[],
  { dataDir, codeVersion }: SeenContext,
): Promise<SeenFiles | null> {
  const seen = await recallJsonFile(seenPath(dataDir), seenFiles);
  if (seen?.codeVersion !== codeVersion || seen.list !== hashList(given)) return null;
  return seen.content === (await hashContent(given).catch(() => null)) ? seen : null;
}

/** Keeps what was found, unless a file changed since `given` was listed. */
export async function rememberSeen(
  given: readonly GivenFile[],
  found: SeenFiles,
  { dataDir, codeVersion, paths }: SeenContext & { readonly paths: readonly string[] },
): Promise<void> {
  const content = await hashContent(given).catch(() => null);
  const now = await listGiven(paths, dataDir);
  if (content === null || JSON.stringify(given) !== JSON.stringify(now)) return;
  const seen = { codeVersion, list: hashList(given), content, ...found } satisfies z.infer<typeof seenFiles>;
  // Who only reads needs no place to write.
  await writeWhole(seenPath(dataDir), JSON.stringify(seen)).catch(() => undefined);
}

function seenPath(dataDir: string): string {
  return join(dataDir, "bronze", "seen.json");
}

/** A linked file is read; a linked folder is not, it may lead back here. */
async function collect(folder: string, dataDir: string, files: GivenFile[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || path === dataDir) continue;
    if (entry.isDirectory()) await collect(path, dataDir, files);
    else if (entry.isFile() || (await stat(path)).isFile()) files.push(await describe(path, false));
  }
}

async function describe(path: string, wasNamed: boolean): Promise<GivenFile> {
  const { size, mtimeMs } = await stat(path);
  const readers = Object.values(sourceReaders);
  const isOpened = /\.zip$/i.test(path) || readers.some((reader) => reader.claims(basename(path), wasNamed) !== "no");
  return { path, bytes: size, changedAt: mtimeMs, isOpened };
}

function hashList(given: readonly GivenFile[]): string {
  const list = given.map(({ path, bytes }) => [path, bytes]);
  return sha256(JSON.stringify(list));
}

/** A zip is one file here: hashing it takes a tenth of unpacking it. */
async function hashContent(given: readonly GivenFile[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { path, isOpened } of given) {
    if (!isOpened) continue;
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece);
  }
  return hash.digest("hex");
}
