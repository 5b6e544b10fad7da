// Prints runner/learning/algorithms/add-trees-kernel.ts, made of the WebAssembly text beside it: `npm run kernel`.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import loadWabt from "wabt";

const name = "add-trees.wat";
const text = readFileSync(join(import.meta.dirname, "learning/algorithms", name), "utf8");
const module = (await loadWabt()).parseWat(name, text, { simd: true });
module.validate();
const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
process.stdout.write(`/** \`${name}\` as compiled by \`npm run kernel\`, in base64. */
export const addTreesKernel =
  "${base64}";
`);
