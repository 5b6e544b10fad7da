// Ends this process as kill -9 does, after so many milliseconds.
const ms = Number(process.env.BENCH_KILL_AFTER_MS ?? 0);
if (ms > 0) setTimeout(() => process.kill(process.pid, "SIGKILL"), ms).unref();
