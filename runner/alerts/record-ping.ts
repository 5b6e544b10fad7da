import { readBook, updateBook } from "./book-file.ts";
import { recordAttempt } from "./outbox.ts";

/** Writes down a ping that did not get there, and the first one after it that did. */
export async function recordPing(
  dataDir: string,
  ping: { readonly what: string; readonly trouble: string | null },
  now: Date,
): Promise<void> {
  // What goes well all day is not worth a write each time.
  if (ping.trouble === null && ((await readBook(dataDir)).channels["heartbeat"]?.failures ?? 0) === 0) return;
  await updateBook(dataDir, (book) => ({
    book: recordAttempt(book, { channel: "heartbeat", ...ping }, now),
    result: undefined,
  }));
}
