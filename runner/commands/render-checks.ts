import type { ChartOutcome } from "../delivery/superset/check-charts.ts";
import { slugOf, type SupersetSource } from "../delivery/superset/superset-source.ts";
import { alignTable } from "./text-table.ts";

/** What a check found: what is wrong or empty chart by chart, then each dashboard with its address. */
export function renderChecks(
  outcomes: readonly ChartOutcome[],
  { source, server }: { readonly source: SupersetSource; readonly server: string },
): readonly string[] {
  const told = outcomes.filter(({ status }) => status !== "ok");
  const dashboards = source.dashboards.map((dashboard) => {
    const own = outcomes.filter((outcome) => outcome.dashboard === dashboard.title);
    const good = own.filter(({ status }) => status === "ok" || status === "empty").length;
    return [dashboard.title, `${good} of ${own.length}`, `${server}/superset/dashboard/${slugOf(source, dashboard)}/`];
  });
  const isWhole = outcomes.every(({ status }) => status === "ok" || status === "empty");
  return [
    ...(told.length === 0
      ? []
      : [
          ...alignTable(
            ["chart", "dashboard", "", "why"],
            told.map(({ chart, dashboard, status, reason }) => [chart, dashboard, status, reason]),
          ),
          "",
        ]),
    ...alignTable(["dashboard", "charts", "address"], dashboards),
    ...(isWhole ? [] : ["", "Run npm run export, then npm run superset -- import: both may be run again at any time."]),
  ];
}
