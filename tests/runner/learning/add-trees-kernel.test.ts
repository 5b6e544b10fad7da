import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

test("the kernel is what its text compiles to", async () => {
  const compiled = await promisify(execFile)(process.execPath, ["runner/compile-kernel.mjs"]);
  assert.equal(compiled.stdout, await readFile("runner/learning/algorithms/add-trees-kernel.ts", "utf8"));
});
