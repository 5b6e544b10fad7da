import { writeFileSync } from "node:fs";

// Loaded before a measured script: getrusage knows the whole process, its threads included, only from inside.
const path = process.env.BENCH_USAGE_FILE;
if (path !== undefined) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(path, JSON.stringify({ cpuMicroseconds: userCPUTime + systemCPUTime, peakKilobytes: maxRSS }));
  });
}
