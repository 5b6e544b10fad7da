import { ProjectError } from "../diagnostics.ts";
import type { Effects } from "./effects.ts";
import type { LoadedProject } from "./project-options.ts";
import { readSupersetSource } from "./superset-source.ts";
import { supersetLogin } from "./superset-login.ts";

/** After an export, has Superset show what was sent; the export stands whatever comes of it, so trouble is a warning. */
export async function refreshSuperset(loaded: LoadedProject, effects: Effects): Promise<void> {
  try {
    const login = supersetLogin({ timeout: 120 }, effects);
    const { source } = await readSupersetSource(loaded, undefined, effects);
    const [{ openSuperset }, { refreshCharts }] = await Promise.all([
      import("../delivery/superset/superset-client.ts"),
      import("../delivery/superset/refresh-charts.ts"),
    ]);
    const outcomes = await refreshCharts(await openSuperset(login), source, source.publishedAt);
    // A chart that stands on several dashboards is one.
    const charts = new Map(outcomes.map(({ chart, status }) => [chart, status]));
    const good = [...charts.values()].filter((status) => status === "ok" || status === "empty").length;
    effects.print(`Superset shows it: ${good} of ${charts.size} charts were asked anew.`);
    if (good < charts.size) effects.warn("npm run superset -- check says what is wrong with the others.");
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    effects.warn(`The export stands, but Superset may show older numbers for up to 6 hours.\n${error.message}`);
  }
}
