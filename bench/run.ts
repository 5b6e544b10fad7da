import { parseArgs } from "node:util";

import { coldBuild, manyPlays } from "./cold-build.ts";
import { compiling } from "./compile.ts";
import { exporting } from "./export.ts";
import { exportKills } from "./export-kills.ts";
import { idleScheduler } from "./idle-scheduler.ts";
import { kills } from "./kills.ts";
import { landing } from "./landing.ts";
import { learning } from "./learning.ts";
import { learningDays } from "./learning-days.ts";
import { memory } from "./memory.ts";
import { peers, peersMany } from "./peers.ts";
import { newPlays } from "./new-plays.ts";
import { noopBuild } from "./noop-build.ts";
import { parquet } from "./parquet.ts";
import { overhead } from "./overhead.ts";
import { type BenchReport, renderReport } from "./report.ts";
import { trinoBench } from "./trino.ts";
import { trinoDashboards } from "./trino-dashboards.ts";
import { soak } from "./soak.ts";
import { thousandViews } from "./thousand-views.ts";
import { yearOfPolls } from "./year-of-polls.ts";

const benches = {
  landing,
  compile: compiling,
  "cold-build": coldBuild,
  "many-plays": manyPlays,
  "noop-build": noopBuild,
  memory,
  learning,
  "learning-days": learningDays,
  export: exporting,
  parquet,
  peers,
  "peers-many": peersMany,
  "new-plays": newPlays,
  "export-kills": exportKills,
  overhead,
  "thousand-views": thousandViews,
  "year-of-polls": yearOfPolls,
  soak,
  "idle-scheduler": idleScheduler,
  kills,
  trino: trinoBench,
  "trino-dashboards": trinoDashboards,
} satisfies Record<string, (rounds: number) => Promise<BenchReport>>;

/** They download a server. */
const onlyByName: ReadonlySet<string> = new Set(["trino", "trino-dashboards"]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" } },
});

process.exitCode = await runBenches(positionals, Number(values.rounds));

/** Runs the named benches, or all; a missed target is a result, only what could not be measured is a failure. */
async function runBenches(names: readonly string[], rounds: number): Promise<0 | 1 | 2> {
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    const choices = Object.keys(benches).join(", ");
    process.stderr.write(`usage: npm run bench -- [${choices}] [--rounds 5]\n`);
    return 2;
  }
  let exitCode: 0 | 1 = 0;
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 ? !names.includes(name) : onlyByName.has(name)) continue;
    try {
      process.stdout.write(`${renderReport(name, await bench(rounds))}\n\n`);
    } catch (error) {
      process.stderr.write(`${name} could not be measured: ${String(error)}\n\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}
