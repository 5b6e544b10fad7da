import * as z from "zod";

import { dashboardRelation } from "../../compile/check-dashboards.ts";
import { type ChartOutcome, checkCharts } from "./check-charts.ts";
import { chartsOf } from "./render-bundle.ts";
import type { SupersetSession } from "./superset-client.ts";
import { identityOf, type SupersetSource } from "./superset-source.ts";

const datasetsAnswer = z.object({ result: z.array(z.object({ id: z.number(), uuid: z.string() })) });
const pageSize = 100;

/**
 * Has Superset forget what it kept of all charts, under whatever filter, and keep new answers.
 * Its cache keys hold the time of the dataset's last change: another mark on the dataset makes all older answers unreachable.
 */
export async function refreshCharts(
  session: SupersetSession,
  source: SupersetSource,
  mark: { readonly release: string; readonly refreshedAt: string },
): Promise<readonly ChartOutcome[]> {
  const tables = source.dashboards.flatMap(chartsOf).map(({ table }) => dashboardRelation(table));
  const wanted = new Set(tables.map((table) => identityOf(source, "dataset", table)));
  const datasets = (await readDatasets(session)).filter(({ uuid }) => wanted.has(uuid));
  const extra = JSON.stringify(mark);
  for (const { id } of datasets) {
    const request = {
      method: "PUT",
      path: `/api/v1/dataset/${id}`,
      what: "drop old answers",
      body: { extra },
    } as const;
    await session.ask(z.unknown(), request);
  }
  return checkCharts(session, source);
}

async function readDatasets(session: SupersetSession): Promise<z.infer<typeof datasetsAnswer>["result"]> {
  const found: z.infer<typeof datasetsAnswer>["result"] = [];
  for (let page = 0; ; page++) {
    const path = `/api/v1/dataset/?q=(columns:!(id,uuid),page:${page},page_size:${pageSize})`;
    const { result } = await session.ask(datasetsAnswer, { path, what: "list the datasets" });
    found.push(...result);
    if (result.length < pageSize) return found;
  }
}
