import { type Journal, openJournal } from "./journal.ts";
import { type JournalEntry, journalEntry, type JournalEvent } from "./journal-events.ts";
import { readRun, type Run } from "./run-history.ts";

interface JournalPlace {
  readonly dataDir: string;
  readonly runId: string;
  readonly now: () => Date;
  /** Told when what is to be written has to wait, e.g. for a full disk. */
  readonly onTrouble: (error: unknown) => void;
}

/** A journal that outlasts a full disk: what cannot be written waits in memory, in order and with its time, and is written later. */
export class PatientJournal {
  readonly #place: JournalPlace;
  readonly #entries: JournalEntry[] = [];
  #written = 0;
  #journal: Journal | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  /** The run as it has told of itself so far, on the disk or not. */
  get run(): Run | null {
    return readRun(this.#place.runId, this.#entries);
  }

  write(event: JournalEvent): void {
    this.#entries.push(journalEntry.parse({ at: this.#place.now().toISOString(), ...event }));
  }

  /** Writes what waits; true when nothing does any more. */
  async flush(): Promise<boolean> {
    this.#flushing = this.#flushing.then(() => this.#writeWaiting());
    await this.#flushing;
    return this.#written === this.#entries.length;
  }

  /** Nothing more will come; the file is closed once everything stands in it. */
  async close(): Promise<boolean> {
    this.#isClosed = true;
    return this.flush();
  }

  async #writeWaiting(): Promise<void> {
    const { dataDir, runId, now, onTrouble } = this.#place;
    try {
      if (this.#written < this.#entries.length) this.#journal ??= await openJournal(dataDir, runId, now);
      for (const entry of this.#entries.slice(this.#written)) {
        this.#journal?.write(entry);
        this.#written += 1;
      }
      if (this.#isClosed) {
        this.#journal?.close();
        this.#journal = null;
      }
    } catch (error) {
      onTrouble(error);
    }
  }
}
