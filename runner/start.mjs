// Runs the command line as JavaScript: the runner's sources are bundled once for each state of them, which their hash tells.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "..");
const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
for (const name of readdirSync(import.meta.dirname, { recursive: true }).toSorted()) {
  if (/\.m?ts$|\.mjs$/.test(name)) hash.update(`\0${name}\0`).update(readFileSync(join(import.meta.dirname, name)));
}
const bundles = join(root, "node_modules/.cache/tonearm");
const bundle = join(bundles, hash.digest("hex").slice(0, 16));
if (!existsSync(bundle)) await (await import("./bundle-runner.mjs")).bundleRunner({ root, bundles, bundle });
await import(pathToFileURL(join(bundle, "cli.mjs")).href);
