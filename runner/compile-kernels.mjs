// Compiles each kernel of runner/learning/algorithms, WebAssembly text, to a module beside it, or in the folder named: `npm run kernels`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import loadWabt from "wabt";

const folder = join(import.meta.dirname, "learning/algorithms");
const wabt = await loadWabt();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".wat"))) {
  const module = wabt.parseWat(file, readFileSync(join(folder, file), "utf8"), { simd: true, bulk_memory: true });
  module.validate();
  const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
  const name = file.replace(".wat", "-kernel");
  const constant = name.replace(/-./g, (letter) => letter.slice(1).toUpperCase());
  const text = `/** \`${file}\` as compiled by \`npm run kernels\`, in base64. */
export const ${constant} =
  "${base64}";
`;
  writeFileSync(join(process.argv[2] ?? folder, `${name}.ts`), text);
}
