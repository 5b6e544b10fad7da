import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { saveTokens } from "../runner/spotify/token-store.ts";
import { withFakeSpotify } from "../tests/support/fake-spotify.ts";
import { startTestPostgres } from "../tests/support/postgres.ts";
import { benchTokens } from "../tests/support/spotify-bench.ts";
import { environmentOf, findInputs } from "./inputs.ts";
import { measureInTurns, runNode, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf } from "./report.ts";

/** SQLMesh 0.236 with nothing to do, on a project of 26 models over the same inputs, on two cores. */
const sqlmeshSeconds = 4.1;

/** What each command is asked where nothing changed since it ran last, and how many seconds it may take. */
const commands = {
  build: { args: ["build"], target: 1 },
  pipeline: { args: ["pipeline"], target: 1.5 },
  train: { args: ["train"], target: 1.5 },
  poll: { args: ["ingest", "spotify"], target: 1.2 },
  export: { args: ["export"], target: 0.3 },
} as const;

type CommandName = keyof typeof commands;

const names: readonly CommandName[] = ["build", "pipeline", "train", "poll", "export"];
const start = "node -e 0";

/** Commands that find nothing to do, after a pipeline that did everything: export and catalogue in the inbox, models trained, gold in Postgres. */
export async function noopBuild(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  const server = await startTestPostgres();
  try {
    return await withScratchFolder((folder) =>
      withFakeSpotify(
        () => new Date(),
        async (fake) => {
          const inbox = join(folder, "inbox");
          await mkdir(inbox, { recursive: true });
          for (const path of Object.values(inputs)) await cp(path, join(inbox, basename(path)));
          const vars = Object.entries(fake.vars).map(([name, value]) => [`TONEARM_${name.toUpperCase()}`, value]);
          const shared = { ...Object.fromEntries(vars), POSTGRES_URL: await server.database() };
          const environment = { ...environmentOf(folder), ...shared };
          await runNode([...tonearm, "pipeline"], environment);
          // Logged in, a pipeline asks for tracks as long as there are new ones; a poll of its own data folder does not disturb the others.
          const polled = { ...environmentOf(join(folder, "polled")), ...shared };
          await cp(join(folder, "bronze"), join(folder, "polled/bronze"), { recursive: true });
          await saveTokens(join(folder, "polled"), benchTokens(fake));
          await runNode([...tonearm, ...commands.poll.args], polled);
          const contenders = names.map((name) => ({
            name,
            args: [...tonearm, ...commands[name].args],
            prepare: async () => (name === "poll" ? polled : environment),
          }));
          const started = { name: start, args: ["-e", "0"], prepare: async () => environment };
          const summaries = await measureInTurns([started, ...contenders], rounds);
          return { summaries, figures: figuresOf((name) => summaryOf(summaries, name).wallSeconds) };
        },
      ),
    );
  } finally {
    await server.stop();
  }
}

function figuresOf(secondsOf: (name: string) => number): readonly Figure[] {
  const shared = { unit: "s", good: "at most" } as const;
  return [
    ...names.map((name): Figure => {
      const { target } = commands[name];
      const isBeyond = name === "export";
      const value = secondsOf(name) - (isBeyond ? secondsOf(start) : 0);
      return { name: isBeyond ? `${name}, beyond ${start}` : name, value, target, ...shared };
    }),
    {
      name: "build against SQLMesh",
      value: secondsOf("build") / sqlmeshSeconds,
      unit: "× SQLMesh",
      target: 0.25,
      good: "at most",
      note: `${sqlmeshSeconds} s as measured on another project of 26 models`,
    },
  ];
}
