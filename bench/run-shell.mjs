import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

// Runs one shell line as a measured process; bash knows what its children cost, Node does not.
const [line, folder] = process.argv.slice(2);
const { status, stdout, stderr } = spawnSync("bash", ["-c", `( ${line} ) >&2; code=$?; times; exit $code`], {
  cwd: folder,
  encoding: "utf8",
});
const usage = process.env.BENCH_USAGE_FILE;
process.on("exit", () => {
  if (usage === undefined) return;
  const [user = 0, system = 0] = [...(stdout.trim().split("\n").at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  writeFileSync(usage, JSON.stringify({ cpuMicroseconds: (user + system) * 1e6, peakKilobytes: 0 }));
});
if (status !== 0) process.stderr.write(stderr);
process.exitCode = status ?? 1;
