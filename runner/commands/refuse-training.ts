import type { ModelNode } from "../compile/manifest.ts";
import { formatDiagnostic } from "../diagnostics.ts";
import type { Effects } from "./effects.ts";

/** Says why a model is not trained, at its file. */
export function refuseTraining(
  node: ModelNode,
  problems: readonly string[],
  effects: Pick<Effects, "warn">,
): "refused" {
  const hint = "The champion, where there is one, goes on serving.";
  for (const message of problems)
    effects.warn(formatDiagnostic({ path: node.path, line: 1, column: 1, message, hint }));
  return "refused";
}
