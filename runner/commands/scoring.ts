import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { type Diagnostic, formatDiagnostic } from "../diagnostics.ts";
import type { ModelVersion } from "../learning/model-version.ts";
import { type ModelTask, modelTasks } from "../learning/model-config.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";

type Pinned = Readonly<Record<string, number>>;

/** Trained model → SHA-256 of the version that scores: its champion, or the one that a training puts in its place. */
export async function championHashes(dataDir: string, pinned: Pinned): Promise<Readonly<Record<string, string>>> {
  const { readAliases } = await import("../learning/registry-aliases.ts");
  const hashes: Record<string, string> = {};
  for (const [model, { champion }] of Object.entries(await readAliases(dataDir)))
    if (champion !== null) hashes[model] = champion.sha256;
  if (Object.keys(pinned).length === 0) return hashes;
  const { openRegistry } = await import("../learning/registry.ts");
  for (const [model, version] of Object.entries(pinned)) {
    const found = await openRegistry(dataDir).read(model, version);
    if ("version" in found) hashes[model] = found.version.sha256;
  }
  return hashes;
}

/** Scores the rows of predictions for execution, by the champions or the versions that a training puts in their place. */
export function scoring(of: {
  readonly manifest: Manifest;
  readonly dataDir: string;
  readonly pinnedVersions: Pinned;
}): (connection: Connection, node: ModelNode) => Promise<string | null> {
  const { manifest, dataDir, pinnedVersions } = of;
  return async (connection, node) => {
    const model = node.scoredBy ?? "";
    const { scoreRelation } = await import("../learning/score-relation.ts");
    const found = await findVersion(dataDir, model, pinnedVersions[model]);
    if ("diagnostic" in found) return formatDiagnostic(found.diagnostic);
    const workspace = temporaryFolder(dataDir, "build");
    const request = { relation: node.relation, task: taskOf(manifest, model), champion: found.version, workspace };
    const trouble = await scoreRelation(connection, request);
    return trouble === null ? null : formatDiagnostic({ path: node.path, line: 1, column: 1, message: trouble });
  };
}

async function findVersion(
  dataDir: string,
  model: string,
  pinned: number | undefined,
): Promise<{ readonly version: ModelVersion | null } | { readonly diagnostic: Diagnostic }> {
  const { openRegistry } = await import("../learning/registry.ts");
  const registry = openRegistry(dataDir);
  return pinned === undefined ? registry.champion(model) : registry.read(model, pinned);
}

/** What a trained model learns, as its front matter has it. */
export function taskOf(manifest: Manifest, model: string): ModelTask {
  const trained = Object.values(manifest.nodes).find((node) => node.resourceType === "model" && node.name === model);
  const task = trained?.resourceType === "model" ? trained.training?.["task"] : undefined;
  return modelTasks.find((one) => one === task) ?? "regression";
}
