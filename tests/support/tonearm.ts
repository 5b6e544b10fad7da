import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import type { Row } from "../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../runner/warehouse/duckdb.ts";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What runs a cleanup at its end: a test. */
export interface TestEnd {
  readonly after: (cleanup: () => Promise<void>) => void;
}

/** A project in a folder of its own, run by the real command line. */
export interface Scratch {
  readonly root: string;
  readonly dataDir: string;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
  readonly runWith: (environment: Readonly<Record<string, string>>, ...args: readonly string[]) => Promise<Outcome>;
  readonly start: (...args: readonly string[]) => ChildProcess;
  readonly startWith: (environment: Readonly<Record<string, string>>, ...args: readonly string[]) => ChildProcess;
  /** Rows of the published warehouse. */
  readonly query: (sql: string) => Promise<readonly Row[]>;
}

const repository = resolve(import.meta.dirname, "../..");

/** The smallest project.yml that a build takes. */
export const smallProject = `name: small
vars:
  timezone: UTC
  limit_rows: 3
warehouse: { threads: 2, keep_releases: 3 }
models:
  silver: { schema: silver, critical: true, tags: [silver] }
  gold: { schema: gold, tags: [gold] }
`;

/** Writes a project below a temporary folder, which goes when the test ends. */
export async function scratchProject(context: TestEnd, files: Readonly<Record<string, string>>): Promise<Scratch> {
  const root = await mkdtemp(join(tmpdir(), "tonearm-scratch-"));
  context.after(() => rm(root, { recursive: true, force: true }));
  const dataDir = join(root, "data");
  const write: Scratch["write"] = async (texts) => {
    for (const [path, text] of Object.entries(texts)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  };
  await write({ "project.yml": smallProject, ...files });
  const startWith: Scratch["startWith"] = (more, ...args) => startTonearm(args, { cwd: root, environment: more });
  const start: Scratch["start"] = (...args) => startWith({}, ...args);
  return {
    root,
    dataDir,
    write,
    remove: (path) => rm(join(root, path), { recursive: true }),
    start,
    startWith,
    run: (...args) => outcomeOf(start(...args)),
    runWith: (more, ...args) => outcomeOf(startWith(more, ...args)),
    query: (sql) =>
      withDuckDB({ path: join(dataDir, "warehouse.duckdb"), readOnly: true }, async (database) =>
        (await database.connect()).query(sql),
      ),
  };
}

/** Starts the command line as a user would, without this process's settings. */
export function startTonearm(
  args: readonly string[],
  {
    cwd,
    environment = {},
    stdin = "ignore",
  }: {
    readonly cwd: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly stdin?: "ignore" | "pipe";
  },
): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  return spawn(process.execPath, [join(repository, "runner/start.mjs"), ...args], {
    cwd,
    env: { PATH, HOME, TZ: "UTC", ...environment },
    stdio: [stdin, "pipe", "pipe"],
  });
}

/** Waits for a process to end and gives what it printed. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, stdout, stderr };
}
