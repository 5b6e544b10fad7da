import crypto from "node:crypto";
import fs, { writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { performance } from "node:perf_hooks";

import { onDuckDB } from "../tests/support/duckdb-library.mjs";

/**
 * Loaded before the command line: adds up, in the process itself, what fingerprints (every SHA-256 and every JSON.stringify, so rather too
 * much), the journal (every synchronous write) and content hashes (their queries) take, and writes it to BENCH_OVERHEAD_FILE at the end.
 */
const spent = { fingerprints: 0, journal: 0, hashes: 0 };
const started = performance.now();

function timed(owner, name, part) {
  const original = owner[name];
  owner[name] = function (...args) {
    const begun = performance.now();
    try {
      return original.apply(this, args);
    } finally {
      spent[part] += performance.now() - begun;
    }
  };
}

timed(JSON, "stringify", "fingerprints");
timed(fs, "writeSync", "journal");
const { prototype: hash } = crypto.createHash("sha256").constructor;
for (const name of ["update", "digest"]) timed(hash, name, "fingerprints");
syncBuiltinESMExports();

onDuckDB(({ prototype }) => {
  const { runAndReadAll } = prototype;
  prototype.runAndReadAll = async function (sql, ...rest) {
    const begun = performance.now();
    try {
      return await runAndReadAll.call(this, sql, ...rest);
    } finally {
      if (/bit_xor\(row_hash\)/.test(sql)) spent.hashes += performance.now() - begun;
    }
  };
});

process.on("exit", () =>
  writeFileSync(process.env.BENCH_OVERHEAD_FILE, JSON.stringify({ ...spent, whole: performance.now() - started })),
);
