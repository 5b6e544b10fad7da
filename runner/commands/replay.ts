import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import * as z from "zod";

import { didYouMean, ProjectError } from "../diagnostics.ts";
import { allFailures } from "../execution/failing-rows.ts";
import { replayBundle, replaySchema } from "../execution/replay-bundle.ts";
import type { Effects } from "./effects.ts";
import { projectOptions } from "./project-options.ts";
import { alignTable } from "./text-table.ts";

export const replayOptions = z.strictObject({
  projectDir: projectOptions.projectDir,
  paths: z
    .array(z.string())
    .length(1, "write which model: replay <model>")
    .describe("the model whose data test failed"),
  limit: z.coerce.number().int().min(0).default(10).describe("failing rows shown of each test"),
});

/** Runs a model's SQL on the rows that a failed build kept, and its failed data tests on the result; 1 when one fails again. */
export async function replay(
  { projectDir, paths, limit }: z.infer<typeof replayOptions>,
  effects: Effects,
): Promise<number> {
  const [name = ""] = paths;
  const root = resolve(effects.cwd, projectDir);
  const folder = join(allFailures(root), name);
  const text = await readFile(join(folder, "replay.json"), "utf8").catch(() => null);
  if (text === null) throw await nothingKept(root, name);
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  return withDuckDB({}, async (database) => {
    const found = await replayBundle(await database.connect(), folder, replaySchema.parse(JSON.parse(text)));
    for (const { name: test, rows } of found) {
      effects.print(
        rows.length === 0 ? `PASS ${test}` : `FAIL ${test}: ${rows.length} ${rows.length === 1 ? "row" : "rows"}`,
      );
      const columns = Object.keys(rows[0] ?? {});
      const cells = rows.slice(0, limit).map((row) => columns.map((column) => row[column] ?? null));
      if (cells.length > 0) for (const line of alignTable(columns, cells)) effects.print(`    ${line}`.trimEnd());
    }
    return found.some(({ rows }) => rows.length > 0) ? 1 : 0;
  });
}

async function nothingKept(root: string, name: string): Promise<ProjectError> {
  const kept = await readdir(allFailures(root)).catch((): string[] => []);
  const hint =
    didYouMean(name, kept) ?? (kept.length === 0 ? "nothing has failed in the last build" : `kept: ${kept.join(", ")}`);
  return new ProjectError([{ path: "replay", message: `nothing is kept of '${name}'`, hint }], 1);
}
