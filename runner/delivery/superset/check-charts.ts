import * as z from "zod";

import type { Chart, Dashboard } from "../../project/dashboard.ts";
import { chartIds } from "./dashboard-position.ts";
import { chartsOf } from "./render-bundle.ts";
import type { SupersetSession } from "./superset-client.ts";
import { wordsOf } from "./superset-errors.ts";
import { identityOf, slugOf, type SupersetSource } from "./superset-source.ts";

/** How a chart stands in Superset; `empty` is a chart without rows whose definition says what that means. */
export interface ChartOutcome {
  readonly dashboard: string;
  readonly chart: string;
  readonly status: "ok" | "empty" | "failed" | "missing";
  readonly rows: number;
  /** Why, unless it is ok. */
  readonly reason: string;
}

/** Charts asked for at a time: a Superset of one worker has a few threads. */
const atOnce = 4;

interface LinkedChart {
  readonly dashboard: Dashboard;
  readonly chart: Chart;
  /** Superset's number of it; null where the dashboard does not show it. */
  readonly id: number | null;
}

const idAnswer = z.object({ result: z.array(z.object({ id: z.number() })) });
const positionAnswer = z.object({ result: z.object({ position_json: z.string() }) });
const componentMeta = z.object({ meta: z.object({ uuid: z.string(), chartId: z.number() }) });
const dataAnswer = z.object({
  result: z.tuple([z.object({ status: z.string(), rowcount: z.number().nullish(), error: z.string().nullish() })]),
});

/** Compares the charts of each dashboard with the expected ones and asks for the data of each, past any cache. */
export async function checkCharts(session: SupersetSession, source: SupersetSource): Promise<readonly ChartOutcome[]> {
  const linked = (
    await Promise.all(source.dashboards.map((dashboard) => linkedCharts(session, source, dashboard)))
  ).flat();
  const charts = new Map(linked.flatMap(({ chart, id }) => (id === null ? [] : [[id, chart] as const])));
  const asked = await askAll(session, charts);
  const missing: DataOutcome = { status: "missing", rows: 0, reason: "the dashboard does not show it" };
  return linked.map(({ dashboard, chart, id }) => ({
    dashboard: dashboard.title,
    chart: chart.title,
    ...(asked.get(id ?? Number.NaN) ?? missing),
  }));
}

/** Each chart once, however many dashboards it stands on, and some at a time. */
async function askAll(
  session: SupersetSession,
  charts: ReadonlyMap<number, Chart>,
): Promise<ReadonlyMap<number, DataOutcome>> {
  const outcomes = new Map<number, DataOutcome>();
  const queue = charts.entries();
  const work = async (): Promise<void> => {
    for (const [id, chart] of queue) outcomes.set(id, await askData(session, { chart, id }));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}

async function linkedCharts(
  session: SupersetSession,
  source: SupersetSource,
  dashboard: Dashboard,
): Promise<readonly LinkedChart[]> {
  const path = `/api/v1/dashboard/${slugOf(source, dashboard)}`;
  const what = `show the dashboard '${dashboard.title}'`;
  const position = await session.send({ path, what });
  const charts = await session.send({ path: `${path}/charts`, what });
  const shown = new Set(idAnswer.safeParse(charts.body).data?.result.map(({ id }) => id));
  const ids = positionIds(position.body);
  const all = source.dashboards.flatMap(chartsOf);
  return [...chartIds(source, dashboard).keys()].flatMap((name) => {
    const chart = all.find((it) => it.name === name);
    const id = ids.get(identityOf(source, "chart", name));
    return chart === undefined ? [] : [{ dashboard, chart, id: id !== undefined && shown.has(id) ? id : null }];
  });
}

/** Superset's numbers of the charts that a dashboard places, by identity; none where there is no such dashboard. */
function positionIds(body: unknown): ReadonlyMap<string, number> {
  const answer = positionAnswer.safeParse(body).data;
  if (answer === undefined) return new Map();
  const components = Object.values(z.record(z.string(), z.unknown()).parse(JSON.parse(answer.result.position_json)));
  return new Map(
    components.flatMap((component) => {
      const found = componentMeta.safeParse(component).data;
      return found === undefined ? [] : [[found.meta.uuid, found.meta.chartId] as const];
    }),
  );
}

type DataOutcome = Pick<ChartOutcome, "status" | "rows" | "reason">;

async function askData(
  session: SupersetSession,
  { chart, id }: { readonly chart: Chart; readonly id: number },
): Promise<DataOutcome> {
  const what = `show the data of '${chart.title}'`;
  const { status, body } = await session.send({ path: `/api/v1/chart/${id}/data/?force=true`, what });
  const [data] = dataAnswer.safeParse(body).data?.result ?? [];
  if (data?.status !== "success") {
    const said = data?.error ?? wordsOf(body);
    return { status: "failed", rows: 0, reason: said === "" ? `Superset answers ${status}` : said };
  }
  const rows = data.rowcount ?? 0;
  if (rows > 0) return { status: "ok", rows, reason: "" };
  if (chart.empty !== undefined) return { status: "empty", rows, reason: chart.empty };
  return { status: "failed", rows, reason: `no rows come from ${chart.table}` };
}
