// Stands for the command line: what it is told by BEHAVE it does as the process of a stage.
import { appendFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const stage = process.argv[3];
const behave = process.env.BEHAVE ?? "succeed";
if (process.env.SEEN) appendFileSync(process.env.SEEN, `${stage} ${process.pid}\n`);
const tell = (outcome) =>
  new Promise((done) => process.send({ rows: null, error: null, skipped: null, gaps: [], ...outcome }, done));

process.stdout.write(`working on ${stage} for ${process.env.TONEARM_PARENT_RUN}\n`);
if (behave === "succeed") await tell({ status: "success", rows: 7 });
if (behave === "crash") throw new Error("crashed on purpose");
if (behave === "kill") process.kill(process.pid, "SIGKILL");
if (behave === "garbage") process.send({ status: "splendid" });
if (behave === "hang") {
  process.on("SIGTERM", () => writeFileSync(process.env.SEEN, "told to stop\n"));
  await sleep(60_000);
}
if (behave === "stop") {
  process.on("SIGTERM", () => process.exit(143));
  await sleep(60_000);
}
process.disconnect();
