import { readChannelSettings } from "../../alerts/channel-settings.ts";
import { loadProject } from "../../project/load-project.ts";
import { readPin } from "../../warehouse/pin.ts";
import { readCurrentRelease } from "../../warehouse/releases.ts";
import { compileLoaded } from "../compile.ts";
import { openProject } from "../project-options.ts";
import { type Check, findingsOf, look, ok, wrong } from "./finding.ts";

/** Whether project.yml, models, seeds and tests are sound, and what the environment says of channels. */
export const checkConfiguration: Check = async ({ loaded, effects }) => {
  const { diagnostics } = readChannelSettings(effects.environment);
  const channels = diagnostics.map(({ path, message, hint }) => wrong(`${path} ${message}`, hint));
  try {
    const options = { projectDir: loaded.project.root, vars: "{}" };
    const { project } = await openProject(options, effects, loadProject);
    const { order, tests } = await compileLoaded(project, effects);
    return [ok(`${order.length} nodes and ${tests.length} data tests compile`), ...channels];
  } catch (error) {
    return [...findingsOf(error), ...channels];
  }
};

/** What is published, and what keeps it from going on. */
export const checkRelease: Check = async ({ loaded: { dataDir } }) => {
  const current = await readCurrentRelease(dataDir);
  if (current === null) return [look("nothing is published yet", "npm run pipeline")];
  const { number, state, warnings } = current;
  const held = Object.entries(state.nodes).filter(([, node]) => node.held !== null);
  const pin = await readPin(dataDir);
  return [
    ok(`release ${number}, published ${state.publishedAt.slice(0, 16).replace("T", " ")} UTC`),
    ...(pin === null
      ? []
      : [look(`release ${pin.release} is pinned: scheduled builds leave it alone`, "npm run unpin")]),
    ...held.map(([uniqueId, node]) =>
      look(
        `${uniqueId.split(".").slice(2).join(".")} keeps older rows since ${node.held?.since ?? ""}`,
        "npm run build-models",
      ),
    ),
    ...warnings.map((warning) => look(warning)),
  ];
};
