import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { type Diagnostic, formatDiagnostic } from "../diagnostics.ts";
import type { LearningThread } from "../learning/learning-thread.ts";
import type { ModelVersion } from "../learning/model-version.ts";
import { type ModelTask, modelTasks } from "../learning/model-config.ts";
import { readWholeHistory } from "../learning/whole-history.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";

/**
 * Trained model → SHA-256 of the version that scores: the one that is to become champion by the last decision, or else
 * its champion.
 */
export async function championHashes(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const { aliases, pending } = await readWholeHistory(dataDir);
  const champions = Object.entries(aliases).flatMap(([model, { champion }]) =>
    champion === null ? [] : [[model, champion.sha256] as const],
  );
  const next: (readonly [string, string])[] = [];
  for (const [model, version] of Object.entries(pending)) {
    const { readRecord } = await import("../learning/version-files.ts");
    const found = await readRecord(dataDir, model, version);
    if ("version" in found) next.push([model, found.version.sha256]);
  }
  return Object.fromEntries([...champions, ...next]);
}

/** Scores the rows of predictions for execution, by the versions of `championHashes`, in a thread that ends with `await using`. */
export class Scoring {
  readonly #of: { readonly manifest: Manifest; readonly dataDir: string };
  #thread: LearningThread | undefined;

  constructor(of: { readonly manifest: Manifest; readonly dataDir: string }) {
    this.#of = of;
  }

  readonly score = async (connection: Connection, node: ModelNode): Promise<string | null> => {
    const { manifest, dataDir } = this.#of;
    const model = node.scoredBy ?? "";
    const found = await findVersion(dataDir, model);
    if ("diagnostic" in found) return formatDiagnostic(found.diagnostic);
    const { scoreRelation } = await import("../learning/score-relation.ts");
    const { LearningThread: Thread } = await import("../learning/learning-thread.ts");
    const trouble = await scoreRelation(connection, {
      relation: node.relation,
      task: taskOf(manifest, model),
      champion: found.version,
      workspace: temporaryFolder(dataDir, "build"),
      thread: (this.#thread ??= new Thread()),
    });
    return trouble === null ? null : formatDiagnostic({ path: node.path, line: 1, column: 1, message: trouble });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.[Symbol.asyncDispose]();
  }
}

async function findVersion(
  dataDir: string,
  model: string,
): Promise<{ readonly version: ModelVersion | null } | { readonly diagnostic: Diagnostic }> {
  const { openRegistry } = await import("../learning/registry.ts");
  const registry = openRegistry(dataDir);
  const version = (await readWholeHistory(dataDir)).pending[model];
  const next = version === undefined ? null : await registry.read(model, version);
  return next !== null && "version" in next ? next : registry.champion(model);
}

/** What a trained model learns, as its front matter has it. */
export function taskOf(manifest: Manifest, model: string): ModelTask {
  const trained = Object.values(manifest.nodes).find((node) => node.resourceType === "model" && node.name === model);
  const task = trained?.resourceType === "model" ? trained.training?.["task"] : undefined;
  return modelTasks.find((one) => one === task) ?? "regression";
}
