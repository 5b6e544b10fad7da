import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

// Loaded before a measured script: what the main thread did in one go from the first training to the end of the process.
const histogram = monitorEventLoopDelay({ resolution: 5 });
const { Worker } = await import("node:worker_threads");
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message?.kind === "train") histogram.enable();
  return post.call(this, message, ...rest);
};
process.on("exit", () => {
  histogram.disable();
  writeFileSync(process.env["BENCH_DELAY_FILE"], String(Math.round(histogram.max / 1e6)));
});
