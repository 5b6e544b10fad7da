import { existsSync } from "node:fs";

import type * as z from "zod";

import { CancelledError } from "./cancellation.ts";
import { type OptionShape, parseCommandLine, parseOptions, renderCommandHelp, takeLogFormat } from "./command-line.ts";
import type { Effects } from "./commands/effects.ts";
import { didYouMean, ProjectError } from "./diagnostics.ts";
import { openOutput, type Output, say, showProgress, textOutput } from "./output.ts";
import { toStorageError } from "./warehouse/storage-errors.ts";

interface Command {
  readonly summary: string;
  readonly load: () => Promise<LoadedCommand>;
}

interface LoadedCommand {
  readonly shape: OptionShape;
  readonly run: (values: unknown, effects: Effects) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  pipeline: {
    summary: "land what lies in the inbox, build, and say what there is to know (--demo: on made-up data)",
    load: () => import("./commands/pipeline.ts").then((it) => command(it.pipelineOptions, it.pipeline)),
  },
  schedule: {
    summary: "run everything at once, then by the cadence of project.yml, until it is stopped",
    load: () => import("./commands/schedule.ts").then((it) => command(it.scheduleOptions, it.schedule)),
  },
  runs: {
    summary: "list the last runs, or tell all of one: runs <id>",
    load: () => import("./commands/runs.ts").then((it) => command(it.runsOptions, it.runs)),
  },
  stage: {
    summary: "run one stage as the scheduler does: stage bronze|build|predictive|train|export|files|poll",
    load: () => import("./commands/stage.ts").then((it) => command(it.stageOptions, it.stage)),
  },
  ingest: {
    summary: "land exports and catalogues: ingest <zip|folder|file>…",
    load: () => import("./commands/ingest.ts").then((it) => command(it.ingestOptions, it.ingest)),
  },
  landings: {
    summary: "list what has landed, or take a file out again: landings remove <batch>…",
    load: () => import("./commands/landings.ts").then((it) => command(it.landingsOptions, it.landings)),
  },
  login: {
    summary: "log in with Spotify, so that ingest spotify can poll your last plays",
    load: () => import("./commands/login.ts").then((it) => command(it.loginOptions, it.login)),
  },
  status: {
    summary: "the current release, and how it stands with Spotify: login, last poll, gaps, limits",
    load: () => import("./commands/status.ts").then((it) => command(it.statusOptions, it.status)),
  },
  debug: {
    summary: "check configuration, rights, disk, clock, login, Postgres, mail, Superset, and say what to mend",
    load: () => import("./commands/debug.ts").then((it) => command(it.debugOptions, it.debug)),
  },
  playlists: {
    summary: "write the suggested playlists to Spotify, as private ones: playlists publish",
    load: () => import("./commands/playlists.ts").then((it) => command(it.playlistsOptions, it.playlists)),
  },
  disconnect: {
    summary: "delete the login and everything that Spotify's Web API gave",
    load: () => import("./commands/disconnect.ts").then((it) => command(it.disconnectOptions, it.disconnect)),
  },
  build: {
    summary: "build, test and publish what changed",
    load: () => import("./commands/build.ts").then((it) => command(it.buildOptions, it.build)),
  },
  retry: {
    summary: "build what the last build left undone: what failed or was skipped, or all of it after a kill",
    load: () => import("./commands/retry.ts").then((it) => command(it.retryOptions, it.retry)),
  },
  explain: {
    summary: "say of each node what a build would do and why, or what a run did: explain --run last",
    load: () => import("./commands/explain.ts").then((it) => command(it.explainOptions, it.explain)),
  },
  test: {
    summary: "run unit tests in memory, and data tests on the current release; --select test_type:unit|data",
    load: () => import("./commands/test.ts").then((it) => command(it.testOptions, it.test)),
  },
  verify: {
    summary: "rebuild models beside the release and compare: partitions and keys that differ",
    load: () => import("./commands/verify.ts").then((it) => command(it.verifyOptions, it.verify)),
  },
  compile: {
    summary: "compile the models into target/",
    load: () => import("./commands/compile.ts").then((it) => command(it.compileOptions, it.compile)),
  },
  docs: {
    summary: "write the documentation of models, columns, tests and lineage into target/docs, as pages",
    load: () => import("./commands/docs.ts").then((it) => command(it.docsOptions, it.docs)),
  },
  replay: {
    summary: "build a model again on the rows of its last failure, and run the data tests that failed: replay <model>",
    load: () => import("./commands/replay.ts").then((it) => command(it.replayOptions, it.replay)),
  },
  clean: {
    summary: "delete target/: what was compiled, the last results, failing rows",
    load: () => import("./commands/clean.ts").then((it) => command(it.cleanOptions, it.clean)),
  },
  lint: {
    summary: "say what of the models would not run on Trino",
    load: () => import("./commands/lint.ts").then((it) => command(it.lintOptions, it.lint)),
  },
  list: {
    summary: "list the nodes of the project",
    load: () => import("./commands/list.ts").then((it) => command(it.listOptions, it.list)),
  },
  train: {
    summary: "train the models whose data or settings changed, and promote what is better",
    load: () => import("./commands/train.ts").then((it) => command(it.trainOptions, it.train)),
  },
  registry: {
    summary: "list trained models and decisions: registry promote <model> <version>, registry rollback <model>",
    load: () => import("./commands/registry.ts").then((it) => command(it.registryOptions, it.registry)),
  },
  export: {
    summary: "send gold and meta to Postgres (POSTGRES_URL), or to files: export --to duckdb|parquet|csv <path>",
    load: () => import("./commands/export.ts").then((it) => command(it.exportOptions, it.exportRelease)),
  },
  postgres: {
    summary: "run a Postgres of our own for the export, on this machine only",
    load: () => import("./commands/postgres.ts").then((it) => command(it.postgresOptions, it.postgres)),
  },
  releases: {
    summary: "list the releases that are kept: run, time, what changed, rows",
    load: () => import("./commands/releases.ts").then((it) => command(it.releasesOptions, it.releases)),
  },
  rollback: {
    summary: "make an older release the warehouse again, and pin it: rollback [n]",
    load: () => import("./commands/rollback.ts").then((it) => command(it.rollbackOptions, it.rollback)),
  },
  unpin: {
    summary: "let scheduled builds go on from a release that a rollback pinned",
    load: () => import("./commands/unpin.ts").then((it) => command(it.unpinOptions, it.unpin)),
  },
  diff: {
    summary: "compare two releases: diff <a> <b> [relation]",
    load: () => import("./commands/diff.ts").then((it) => command(it.diffOptions, it.diff)),
  },
  superset: {
    summary: "the dashboards in Superset: superset bundle [file], superset import, superset check",
    load: () => import("./commands/superset.ts").then((it) => command(it.supersetOptions, it.superset)),
  },
  show: {
    summary: "print rows of relations: show --select <name> --limit 10",
    load: () => import("./commands/show.ts").then((it) => command(it.showOptions, it.show)),
  },
};

function command<Shape extends z.ZodRawShape & Record<string, z.ZodType>>(
  schema: z.ZodObject<Shape>,
  run: (options: z.infer<z.ZodObject<Shape>>, effects: Effects) => Promise<number>,
): LoadedCommand {
  return { shape: schema.shape, run: async (values, effects) => run(parseOptions(schema, values), effects) };
}

/** Runs one command line and gives its exit code: 0 ok, 1 something failed, 2 the project or the command line is wrong. */
async function main(argv: readonly string[], output: Output): Promise<number> {
  const [name = "help", ...args] = argv;
  if (name === "help" || name === "--help" || name === "-h") return say(renderHelp());
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (found === undefined) {
    const hint = didYouMean(name, Object.keys(commands)) ?? "tonearm help lists the commands";
    throw new ProjectError([{ path: "tonearm", message: `unknown command '${name}'`, hint }]);
  }
  if (existsSync(".env")) process.loadEnvFile(".env");
  const { shape, run } = await found.load();
  if (args.includes("--help")) return say(renderCommandHelp(name, found.summary, shape));
  return run(parseCommandLine(shape, args), await createEffects(args, output));
}

async function createEffects(args: readonly string[], { print, warn, json }: Output): Promise<Effects> {
  const level = process.env["LOG_LEVEL"];
  return {
    print,
    warn,
    progress: process.stderr.isTTY && json === null ? showProgress : null,
    screenWidth: process.stdout.isTTY && json === null ? process.stdout.columns || null : null,
    now: () => new Date(),
    environment: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    args,
    log: json ?? (level === undefined ? null : (await import("./log.ts")).createLogger(level, 2)),
    ...(process.send !== undefined && (await import("./commands/stage-channel.ts")).openStageChannel(process.env)),
  };
}

function renderHelp(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ["tonearm <command> [options]; npm run <command> -- [options]; <command> --help", "", ...lines].join("\n");
}

// A reader that closes the pipe early (| head) is no reason to stop a build half-way.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

let output = textOutput;
try {
  const { format, args } = takeLogFormat(process.argv.slice(2));
  output = await openOutput(format);
  process.exitCode = await main(args, output);
} catch (thrown) {
  const error = toStorageError(thrown, process.cwd());
  const isExpected = error instanceof ProjectError || error instanceof CancelledError;
  const text = isExpected ? error.message : error instanceof Error ? error.stack : String(error);
  output.fail(error, text ?? "");
  process.exitCode = isExpected ? error.exitCode : 1;
  // Work that was left behind would keep the process alive.
  if (error instanceof CancelledError) process.exit();
}
