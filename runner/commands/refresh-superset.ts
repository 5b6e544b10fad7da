import { isShown, noteShown } from "../delivery/superset/shown-release.ts";
import { ProjectError } from "../diagnostics.ts";
import type { StageError } from "../execution/journal-events.ts";
import type { Project } from "../project/project.ts";
import type { Effects } from "./effects.ts";
import { toStageError } from "./explain-stage-error.ts";
import type { LoadedProject } from "./project-options.ts";
import { supersetUrl } from "./postgres-url.ts";
import { supersetLogin } from "./superset-login.ts";

interface Exported {
  /** Run that made the release. */
  readonly runId: string;
  /** Whether the export changed anything. */
  readonly isChanged: boolean;
  readonly project: () => Promise<Project>;
}

/**
 * After an export, has the Superset of the environment show the release, unless it does; the export stands whatever comes of it. Gives why it
 * could not, so that the stage is tried again.
 */
export async function refreshSuperset(
  loaded: LoadedProject,
  { runId, isChanged, project }: Exported,
  effects: Effects,
): Promise<StageError | null> {
  const url = supersetUrl(effects);
  if (url === null || (!isChanged && (await isShown(loaded.dataDir, { url, runId })))) return null;
  try {
    await askAnew({ ...loaded, project: await project() }, effects);
    await noteShown(loaded.dataDir, { url, runId });
    return null;
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    effects.warn(`The export stands, but Superset may show older numbers for up to 6 hours.\n${error.message}`);
    return toStageError(error);
  }
}

async function askAnew(loaded: LoadedProject, effects: Effects): Promise<void> {
  const login = supersetLogin({ timeout: 120 }, effects);
  const [{ openSuperset }, { refreshCharts }, { readSupersetSource }] = await Promise.all([
    import("../delivery/superset/superset-client.ts"),
    import("../delivery/superset/refresh-charts.ts"),
    import("./superset-source.ts"),
  ]);
  // Before anything is compiled: whether there is somebody to tell.
  const session = await openSuperset(login);
  const { source } = await readSupersetSource(loaded, undefined, effects);
  const outcomes = await refreshCharts(session, source, {
    release: source.publishedAt,
    // The same release may be sent once more (--force), over what somebody changed.
    refreshedAt: effects.now().toISOString(),
  });
  // A chart that stands on several dashboards is one.
  const charts = new Map(outcomes.map(({ chart, status }) => [chart, status]));
  const good = [...charts.values()].filter((status) => status === "ok" || status === "empty").length;
  effects.print(`Superset shows it: ${good} of ${charts.size} charts were asked anew.`);
  if (good < charts.size) effects.warn("npm run superset -- check says what is wrong with the others.");
}
