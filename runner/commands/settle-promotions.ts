import type { Manifest } from "../compile/manifest.ts";
import { formatDiagnostic } from "../diagnostics.ts";
import type { RunResults } from "../execution/run-results.ts";
import { nodeFingerprints } from "../graph/plan.ts";
import type { Surroundings } from "../graph/fingerprints.ts";
import { readWholeHistory } from "../learning/whole-history.ts";
import { readCurrentRelease, type CurrentRelease } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";

interface Run {
  readonly manifest: Manifest;
  readonly dataDir: string;
  readonly surroundings: Surroundings;
  readonly results: RunResults;
}

/**
 * Ends what trainings decided, after a run; the caller holds the build lock. Versions that everything in the current
 * release was scored with become champions; one that the run could not score with is given up. The others wait for a run
 * that builds what they score.
 */
export async function settlePromotions(run: Run, effects: Effects): Promise<void> {
  const { pending } = await readWholeHistory(run.dataDir);
  const release = await readCurrentRelease(run.dataDir);
  if (Object.keys(pending).length === 0 || release === null) return;
  const { openRegistry } = await import("../learning/registry.ts");
  const registry = openRegistry(run.dataDir);
  const at = effects.now().toISOString();
  const giveUp = async (model: string, reason: string): Promise<void> => {
    await registry.withdraw(model, { at, reason });
    const version = pending[model];
    effects.warn(`${model}: version ${version} does not become champion: ${reason}. The champion before it stays.`);
  };
  const readable: (readonly [string, number])[] = [];
  for (const [model, version] of Object.entries(pending)) {
    const found = await registry.read(model, version);
    if ("version" in found) readable.push([model, version]);
    else {
      effects.warn(formatDiagnostic(found.diagnostic));
      await giveUp(model, "its files cannot be read");
    }
  }
  const served = readable.filter(([model]) => isScored(model, release, run));
  const why = { at, reason: "a release scored with it is published" };
  if (served.length > 0) await registry.conclude(Object.fromEntries(served), why);
  for (const [model, version] of served) effects.print(`${model}: version ${version} is champion.`);
  for (const [model] of readable) if (hasFailed(model, run)) await giveUp(model, "the build could not score with it");
}

/** Whether all predictions of the model are in the release as its new version makes them. */
function isScored(model: string, { state }: CurrentRelease, { manifest, surroundings }: Run): boolean {
  const contentHash = (uniqueId: string): string | undefined => state.nodes[uniqueId]?.contentHash;
  return predictionsOf(model, manifest).every((node) => {
    const { build } = nodeFingerprints(node, { manifest, contentHash, surroundings });
    return state.nodes[node.uniqueId]?.buildFingerprint === build;
  });
}

function hasFailed(model: string, { manifest, results }: Run): boolean {
  const nodes = new Set(predictionsOf(model, manifest).map(({ uniqueId }) => uniqueId));
  return results.results.some(({ uniqueId, status }) => nodes.has(uniqueId) && status === "error");
}

function predictionsOf(model: string, manifest: Manifest) {
  return Object.values(manifest.nodes).filter((node) => node.resourceType === "model" && node.scoredBy === model);
}
