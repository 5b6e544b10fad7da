import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const folder = "runner/learning/algorithms";

test("each kernel is what its text compiles to", async () => {
  const compiled = await mkdtemp(join(tmpdir(), "kernels-"));
  try {
    await promisify(execFile)(process.execPath, ["runner/compile-kernels.mjs", compiled]);
    const kernels = await readdir(compiled);
    assert.ok(kernels.length > 0);
    for (const name of kernels) {
      assert.equal(await readFile(join(folder, name), "utf8"), await readFile(join(compiled, name), "utf8"), name);
    }
  } finally {
    await rm(compiled, { recursive: true });
  }
});
