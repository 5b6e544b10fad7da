import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

import { onDuckDB } from "./duckdb-library.mjs";

/**
 * Loaded before the command line (`--import`): the process dies by SIGKILL, or its disk becomes full, at the step that AT_STEP names, as
 * `<step>:<before|during|after>`. Nothing of the command line itself is changed or left out.
 */
const [step = "", when = ""] = (process.env["AT_STEP"] ?? "").split(":");
const fill = process.env["AT_STEP_FILL"];

const ends = (text) => (path) => String(path).endsWith(text);
const isRelease = (path) => /releases[/\\]\d+\.duckdb$/.test(String(path));
/** Step → the call that is it: of node:fs/promises or node:fs by name, or a statement of DuckDB. */
const steps = {
  lock: { call: "writeFile", is: ([path]) => ends("build.json")(path) },
  sweep: { call: "readdir", is: ([path]) => ends("tmp")(path) },
  copy: { call: "copyFile", is: ([, to]) => ends("build.duckdb")(to) },
  build: { sql: /^create or replace table gold\./ },
  partitions: { sql: /^delete from silver\.plays / },
  append: { sql: /^insert into gold\.appended/ },
  replace: { sql: /^delete from gold\.replaced/ },
  merge: { sql: /^merge into gold\.merged/ },
  test: { sql: /^select count\(\*\) as failures/ },
  hash: { sql: /^select count\(\*\) as row_count/ },
  commit: { sql: /^commit$/, nth: 3 },
  meta: { sql: /^create or replace table meta\.relations/ },
  checkpoint: { sql: /^checkpoint warehouse$/ },
  detach: { sql: /^detach warehouse$/ },
  chmod: { call: "chmod", is: ([path, mode]) => ends("build.duckdb")(path) && mode === 0o444 },
  state: { call: "rename", is: ([, to]) => /releases[/\\]\d+\.json$/.test(String(to)) },
  link: { call: "link", is: ([, to]) => isRelease(to) },
  // Where there are no links: the build gets its number, is copied, and the copy is noted.
  name: { call: "rename", is: ([, to]) => isRelease(to) },
  duplicate: { call: "copyFile", is: ([, to]) => ends("warehouse.duckdb.next")(to) },
  note: { call: "rename", is: ([, to]) => ends("copied.json")(to), nth: 3 },
  stage: { call: "link", is: ([, to]) => ends("warehouse.duckdb.next")(to) },
  rename: { call: "rename", is: ([, to]) => ends("warehouse.duckdb")(to) },
  unlink: { call: "rm", is: ([path]) => ends("build.duckdb")(path) },
  retention: { call: "rm", is: ([path]) => isRelease(path) },
  journal: { sync: "writeSync", is: ([, line]) => String(line).includes('"published"') },
  end: { sync: "writeSync", is: ([, line]) => String(line).includes('"run_finished"') },
};

const found = steps[step];
if (found === undefined) throw new Error(`no step is called '${step}'`);
let left = found.nth ?? 1;
const isNow = (matches) => matches && (left -= 1) === 0;

/** What happens at the step. */
function strike() {
  if (fill === undefined) process.kill(process.pid, "SIGKILL");
  else
    try {
      execFileSync("dd", ["if=/dev/zero", `of=${fill}`, "bs=4k"], { stdio: "ignore" });
    } catch {
      // dd fails when the disk is full: that is its task here.
    }
}

/** The same call, with the strike at its moment. */
function struck(original, matches) {
  return function (...args) {
    if (!isNow(matches(args))) return original.apply(this, args);
    if (when === "before") strike();
    const result = original.apply(this, args);
    if (when === "during") strike();
    return when === "after" ? result.then((value) => (strike(), value)) : result;
  };
}

if ("call" in found) fs.promises[found.call] = struck(fs.promises[found.call], found.is);
if ("sync" in found) {
  const { writeSync } = fs;
  fs.writeSync = (file, line, ...rest) => {
    if (!isNow(found.is([file, line]))) return writeSync(file, line, ...rest);
    if (when === "during") writeSync(file, line.subarray(0, line.length >> 1));
    else if (when === "after") writeSync(file, line, ...rest);
    strike();
    return writeSync(file, line, ...rest);
  };
}
syncBuiltinESMExports();

if ("sql" in found) {
  onDuckDB(({ prototype }) => {
    for (const name of ["run", "runAndReadAll"])
      prototype[name] = struck(prototype[name], ([sql]) => found.sql.test(sql));
  });
}
