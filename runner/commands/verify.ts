import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { countText } from "../count-text.ts";
import { ProjectError } from "../diagnostics.ts";
import { isSame, rebuiltDatabase, type Verification, verifyNode } from "../execution/verify-node.ts";
import type { Plan } from "../graph/plan.ts";

import { dataPaths } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { modelKey } from "./model-key.ts";
import { planRun } from "./plan-run.ts";
import { type LoadedProject, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { renderComparison } from "./render-diff.ts";
import { readSelectedNodes } from "./select.ts";

export const verifyOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  limit: z.coerce.number().int().min(0).default(5).describe("rows of a sort shown of a relation that differs"),
});

type Options = z.infer<typeof verifyOptions>;

/** Rebuilds the selected models beside the release and compares; 1 when one differs. The release and the build lock are left alone. */
export async function verify(options: Options, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects);
  const manifest = await compileLoaded(loaded.project, effects);
  const selected = await readSelectedNodes(manifest, options, effects);
  const current = await readCurrentRelease(loaded.dataDir);
  if (current === null) {
    const hint = "npm run build-models makes the first release";
    throw new ProjectError([{ path: "verify", message: "there is no release to verify", hint }], 1);
  }
  const buildOptions = { ...options, force: false, fullRefresh: false, wait: 0, scheduled: false };
  const plan = await planRun({ manifest, selected, loaded, options: buildOptions });
  const counts = { same: 0, different: 0, skipped: 0 };
  await withRebuild({ loaded, release: current.path, pid: effects.pid }, async (connection) => {
    for (const node of verifiable(manifest, selected)) {
      const stale = staleness(node, plan);
      if (stale !== null) effects.print(`SKIP ${node.relation}: ${stale}`);
      const key = modelKey(manifest, node);
      const found = stale === null ? await verifyNode(connection, node, { key, sampleRows: options.limit }) : null;
      counts[found === null ? "skipped" : isSame(found) ? "same" : "different"]++;
      if (found !== null) for (const line of renderVerification(node, found, key)) effects.print(line);
    }
  });
  const { same, different, skipped } = counts;
  effects.print(`Verified release ${current.number}: SAME=${same} DIFFERENT=${different} SKIP=${skipped}`);
  return different === 0 ? 0 : 1;
}

/** Models that keep rows of their own. */
function verifiable(manifest: Manifest, selected: readonly string[]): readonly ModelNode[] {
  return selected.flatMap((uniqueId) => {
    const node = manifest.nodes[uniqueId];
    const hasRows = node?.resourceType === "model" && !["view", "ephemeral"].includes(node.materialized);
    return hasRows ? [node] : [];
  });
}

/** Why a model's rows are not those its SQL and inputs ask for now; null when they should be. */
function staleness({ uniqueId }: ModelNode, { nodes, state }: Plan): string | null {
  const planned = nodes.find((node) => node.uniqueId === uniqueId);
  const held = state.nodes[uniqueId]?.held ?? null;
  if (held !== null) return `held since ${held.since}: ${held.reason}`;
  if (planned?.action === "build") return `${planned.reason}; build it first`;
  return null;
}

function renderVerification(node: ModelNode, found: Verification, key: readonly string[]): readonly string[] {
  const { rows, added, removed, changed } = found.difference;
  const count = `${countText(rows.before)} ${rows.before === 1 ? "row" : "rows"}`;
  if (isSame(found)) return [`SAME ${node.relation} [${count}]`];
  const changes = changed === null ? "" : `, ${changed} changed`;
  const partitions = found.partitions.length === 0 ? "" : `; partitions ${found.partitions.join(", ")}`;
  return [
    `DIFFERENT ${node.relation} [${count}]: the rebuild (after) has against the published rows (before) ${added} added, ${removed} removed${changes}${partitions}`,
    ...renderComparison({ name: node.relation, difference: found.difference }, key).map((line) =>
      `    ${line}`.trimEnd(),
    ),
    `    mend it with: build-models -- --select ${node.name} --full-refresh`,
  ];
}

async function withRebuild(
  { loaded, release, pid }: { readonly loaded: LoadedProject; readonly release: string; readonly pid: number },
  use: (connection: Connection) => Promise<void>,
): Promise<void> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { threads, memoryLimit } = loaded.project.warehouse;
  const folder = join(dataPaths(loaded.dataDir).temporary, `verify-${pid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const quote = (path: string): string => `'${path.replaceAll("'", "''")}'`;
  const settings = { threads: threads ?? undefined, memoryLimit: memoryLimit ?? undefined, tempDirectory: folder };
  try {
    await withDuckDB(settings, async (database) => {
      const connection = await database.connect();
      await connection.run(`attach ${quote(release)} as warehouse (read_only)`);
      await connection.run(`attach ${quote(join(folder, "rebuilt.duckdb"))} as ${rebuiltDatabase}`);
      await connection.run("use warehouse");
      await use(connection);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
