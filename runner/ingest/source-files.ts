import { createReadStream, type Dirent } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";

import type { Diagnostic } from "../diagnostics.ts";
import { FileChanged, unreadable } from "./unreadable-file.ts";
import type { Refusal } from "./source-reader.ts";
import { zipMembers } from "./zip-archive.ts";

/** A file in what the user named, perhaps inside a zip. */
export interface SourceFile {
  /** As messages name it. */
  readonly path: string;
  readonly baseName: string;
  /** Where it lies; the files of one export lie together. Another file in a zip's place is another folder. */
  readonly folder: string;
  /** The user gave this very file, not a folder or a zip around it. */
  readonly wasNamed: boolean;
  readonly refusal?: Refusal | undefined;
  /** The uncompressed bytes; what goes wrong is thrown as UnreadableFile. */
  readonly open: () => AsyncIterable<Buffer>;
  /** The first uncompressed bytes, about 64 KB or more; throws like `open`. */
  readonly readHead: () => Promise<Buffer>;
}

type Found =
  | { readonly kind: "file"; readonly file: SourceFile }
  | { readonly kind: "failed"; readonly failure: Diagnostic };

const pieceSize = 256 * 1024;
const headBytes = 64 * 1024;
const byNumberAndLetter = new Intl.Collator("en", { numeric: true });

/** Every file at a path: itself, a folder's, a zip's; hidden ones and the data folder's own left out. */
export async function* sourceFiles(path: string, dataDir: string): AsyncGenerator<Found> {
  try {
    const stats = await stat(path);
    yield* stats.isDirectory() ? folderFiles(path, resolve(dataDir)) : filesAt(path, true);
  } catch (error) {
    yield { kind: "failed", failure: unreadable(path, error).diagnostic };
  }
}

async function* folderFiles(folder: string, dataDir: string): AsyncGenerator<Found> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((left, right) => byNumberAndLetter.compare(left.name, right.name))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || resolve(path) === dataDir) continue;
    try {
      if (entry.isDirectory()) yield* folderFiles(path, dataDir);
      else if (await isFile(path, entry)) yield* filesAt(path, false);
    } catch (error) {
      yield { kind: "failed", failure: unreadable(printable(path), error).diagnostic };
    }
  }
}

/** A linked file is read; a linked folder is not, it may lead back here. */
async function isFile(path: string, entry: Dirent): Promise<boolean> {
  return entry.isFile() || (entry.isSymbolicLink() && (await stat(path)).isFile());
}

async function* filesAt(path: string, wasNamed: boolean): AsyncGenerator<Found> {
  if (/\.zip$/i.test(path)) yield* zipFiles(path);
  else {
    const given = { path, folder: dirname(resolve(path)), wasNamed };
    yield {
      kind: "file",
      file: sourceFile(
        given,
        () => steady(path),
        (bytes) => readBeginning(path, bytes),
      ),
    };
  }
}

/** A file's bytes; throws when it changes meanwhile, since a file that is still being copied may look whole. */
async function* steady(path: string): AsyncGenerator<Buffer> {
  const before = await stat(path);
  yield* createReadStream(path, { highWaterMark: pieceSize });
  const after = await stat(path);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw new FileChanged();
}

async function* zipFiles(path: string): AsyncGenerator<Found> {
  const { size, mtimeMs } = await stat(path);
  for await (const member of zipMembers(path)) {
    const folder = dirname(join(`${resolve(path)}:${size}:${mtimeMs}`, member.name));
    const given = { path: `${path}/${member.name}`, folder, wasNamed: false, refusal: member.refusal };
    const file = sourceFile(given, member.open, member.head);
    if (member.isUnsafe) yield { kind: "failed", failure: unsafeName(file.path) };
    else if (!file.baseName.startsWith(".")) yield { kind: "file", file };
  }
}

function unsafeName(path: string): Diagnostic {
  return {
    path,
    message: "has a name that points out of its archive, so it is not read",
    hint: "No export of Spotify's holds such names: download yours again from the link in Spotify's mail.",
  };
}

function sourceFile(
  given: Pick<SourceFile, "path" | "folder" | "wasNamed" | "refusal">,
  openFile: () => AsyncIterable<Buffer>,
  head: (bytes: number) => Promise<Buffer>,
): SourceFile {
  const path = printable(given.path);
  const isPacked = /\.gz$/i.test(given.path);
  const readHead = async (): Promise<Buffer> => {
    try {
      const bytes = await head(headBytes);
      return isPacked ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
    } catch (error) {
      throw unreadable(path, error);
    }
  };
  const content = (): AsyncIterable<Buffer> => readable(path, isPacked ? gunzip(openFile()) : openFile());
  return { ...given, path, baseName: basename(path), open: content, readHead };
}

async function readBeginning(path: string, bytes: number): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacked = createGunzip({ chunkSize: pieceSize });
  // What goes wrong destroys the stream that is read below, which throws it there.
  pipeline(Readable.from(packed), unpacked, () => undefined);
  yield* unpacked;
}

async function* readable(path: string, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Control characters in a file's name could forge lines of a message. */
function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, "\uFFFD");
}
