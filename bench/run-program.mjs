import { spawnSync } from "node:child_process";

// A program that is not ours as a measured process: its time counts, the memory of this one does not say anything.
const [program, ...args] = process.argv.slice(2);
const { status } = spawnSync(program, args, { cwd: process.env.BENCH_FOLDER, stdio: ["ignore", "ignore", "inherit"] });
process.exitCode = status ?? 1;
