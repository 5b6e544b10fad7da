import { openJournal } from "../../runner/execution/journal.ts";
import { answer } from "./script-host.ts";

const [dataDir = "", runId = ""] = process.argv.slice(2);

/** Writes events without end; after the first 500 it says so, and is killed while it goes on. */
async function journalAndDie(): Promise<void> {
  const journal = await openJournal(dataDir, runId, () => new Date());
  for (let count = 0; ; count++) {
    if (count === 500) await answer(count);
    if (count % 100 === 0) await new Promise(setImmediate);
    journal.write({ event: "node_started", node: `node_${count}` });
  }
}

await journalAndDie();
