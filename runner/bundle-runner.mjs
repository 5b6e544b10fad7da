import { accessSync, constants, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { build } from "esbuild";

/** Libraries that most starts need, and knex, whose files take long to find, go into the bundle; the others stay where npm put them. */
const bundled = new Set(["zod", "yaml", "handlebars", "croner", "pg", "knex"]);
/** What knex would talk to other databases with. */
const otherDrivers = [
  "better-sqlite3",
  "mariadb",
  "mysql",
  "mysql2",
  "oracledb",
  "pg-native",
  "pg-query-stream",
  "sqlite3",
  "tedious",
];

/** A scheduler that runs from an older bundle may load parts of it yet. */
const keptBundles = 8;

/**
 * Writes the runner with its threads into `bundle`, all at once.
 * @param {{ root: string, bundles: string, bundle: string }} paths The project, the folder of all bundles, and the one to write.
 */
export async function bundleRunner({ root, bundles, bundle }) {
  makeWritable(bundles);
  const outdir = `${bundle}.${process.pid}`;
  await bundleSources({ root, outdir, codeVersion: basename(bundle) });
  await bundleDuckDB({ root, outdir });
  try {
    renameSync(outdir, bundle);
  } catch (error) {
    // Another process was first.
    rmSync(outdir, { recursive: true, force: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST" && error.code !== "EPERM") throw error;
  }
  removeOld(bundles);
}

const shared = { bundle: true, platform: "node", target: "node20.19", logLevel: "warning" };

async function bundleSources({ root, outdir, codeVersion }) {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: { cli: "runner/cli.ts", "training-worker": "runner/learning/training-worker.ts" },
    outdir,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    splitting: true,
    format: "esm",
    define: {
      CODE_VERSION: JSON.stringify(codeVersion),
      DUCKDB_LIBRARY: '"./duckdb.cjs"',
      // As Node says itself from 21 on: pg would load fetch to find out that this is no worker of Cloudflare's.
      navigator: '{ "userAgent": "Node.js" }',
    },
    external: [...Object.keys(dependencies).filter((name) => !bundled.has(name)), ...otherDrivers],
    // What was written for CommonJS asks for Node's modules by require.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);',
    },
  });
}

/** Some hundred files as one: to find and read them takes half as long as all of DuckDB. */
async function bundleDuckDB({ root, outdir }) {
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: { duckdb: "@duckdb/node-api" },
    outdir,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    external: ["@duckdb/node-bindings"],
  });
}

function makeWritable(bundles) {
  try {
    mkdirSync(bundles, { recursive: true });
    accessSync(bundles, constants.W_OK);
  } catch (error) {
    const text = `${bundles}: the runner is new here and cannot be compiled: ${error.message}\n`;
    process.stderr.write(`${text}hint: run \`npm run tonearm -- help\` once as the owner of this folder.\n`);
    process.exit(1);
  }
}

function removeOld(bundles) {
  const ages = readdirSync(bundles).map((name) => {
    const path = join(bundles, name);
    return { path, writtenAt: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  for (const { path } of ages.toSorted((a, b) => b.writtenAt - a.writtenAt).slice(keptBundles)) {
    rmSync(path, { recursive: true, force: true });
  }
}
