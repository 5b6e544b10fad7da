import type { KeyTest } from "../delivery/key-tests.ts";
import type { Project } from "../project/project.ts";
import type { Effects } from "./effects.ts";
import { keptKeyTests } from "./key-tests-file.ts";

/** Tests of keys as the last build compiled them, which is what the release was tested by; compiled now where nothing is left of it. */
export async function readKeyTests(
  root: string,
  project: () => Promise<Project>,
  effects: Effects,
): Promise<readonly KeyTest[]> {
  const kept = await keptKeyTests(root);
  if (kept !== null) return kept;
  const [{ compileLoaded }, { parseKeyTests }] = await Promise.all([
    import("./compile.ts"),
    import("../delivery/key-tests.ts"),
  ]);
  return parseKeyTests(await compileLoaded(await project(), effects));
}
