import { mkdir, readFile, rename, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { jsonText } from "../json-text.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import { isMissing, writePrivately } from "../warehouse/durable-files.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { type AlertBook, alertBook, emptyBook } from "./book.ts";

/** The book is held for milliseconds: a lock that is older was left by a process that died. */
const staleMs = 10_000;
const patienceMs = 15_000;

/** Where the book of alerts lies. */
export function bookPath(dataDir: string): string {
  return join(dataDir, "alerts", "book.json");
}

/** The book of a data folder; an empty one when there is none, or when it is damaged. */
export async function readBook(dataDir: string): Promise<AlertBook> {
  return (await tryRead(bookPath(dataDir))) ?? emptyBook;
}

/** Changes the book; processes that do so at the same time take turns. Works without DuckDB, which a scheduler never loads. */
export async function updateBook<T>(
  dataDir: string,
  change: (book: AlertBook) => { readonly book: AlertBook; readonly result: T },
): Promise<T> {
  const path = bookPath(dataDir);
  return withStorageErrors(path, async () => {
    await makeFolder(dirname(path));
    return withFolderLock(`${path}.lock`, async () => {
      const before = await readOrMoveAway(path);
      const { book, result } = change(before);
      if (book !== before) await writePrivately(path, `${JSON.stringify(book)}\n`);
      return result;
    });
  });
}

async function readOrMoveAway(path: string): Promise<AlertBook> {
  const book = await tryRead(path);
  if (book !== undefined) return book;
  await rename(path, `${path}.damaged`);
  return emptyBook;
}

/** Undefined when the file is damaged. */
async function tryRead(path: string): Promise<AlertBook | undefined> {
  try {
    return jsonText(alertBook).safeParse(await readFile(path, "utf8")).data;
  } catch (error) {
    if (isMissing(error)) return emptyBook;
    throw error;
  }
}

/** A folder can be made by one process only. */
async function withFolderLock<T>(path: string, use: () => Promise<T>): Promise<T> {
  const start = performance.now();
  while (!(await tryMake(path))) {
    if (await isStale(path)) await rmdir(path).catch(() => undefined);
    else if (performance.now() - start > patienceMs)
      throw new Error(`${path} is held by another process for too long.`);
    else await sleep(20);
  }
  try {
    return await use();
  } finally {
    await rmdir(path).catch(() => undefined);
  }
}

async function tryMake(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Math.abs(Date.now() - found.mtimeMs) > staleMs;
}
