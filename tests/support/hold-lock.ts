import * as z from "zod";

import { withLock } from "../../runner/warehouse/locks.ts";
import { answer, question } from "./script-host.ts";

const [dataDir = "", name, command = "", waitSeconds = "0"] = process.argv.slice(2);

/** Takes a lock, says so, and holds it until the test says anything; says why when it cannot have it. */
async function holdLock(): Promise<void> {
  const options = {
    dataDir,
    name: z.enum(["bronze", "build"]).parse(name),
    command,
    runId: `run-of-${command}`,
    startedAt: new Date("2026-11-22T10:11:12Z"),
    waitSeconds: Number(waitSeconds),
  };
  try {
    await withLock(options, async () => {
      await answer("held");
      await question();
    });
    await answer("released");
  } catch (error) {
    await answer(String(error));
  }
}

await holdLock();
process.disconnect();
