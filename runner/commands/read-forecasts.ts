import type { CurrentRelease } from "../warehouse/releases.ts";
import { withRelease } from "./read-release.ts";

/** What a release forecasts. */
export interface ForecastOutlook {
  /** Last local day that a source tells of, YYYY-MM-DD; null without plays. */
  readonly lastCoveredDate: string | null;
  /** Days forecast. */
  readonly days: number;
}

/** What a release forecasts; null where it holds no forecasts, not even an empty table of them. */
export async function readForecasts(release: CurrentRelease | null): Promise<ForecastOutlook | null> {
  const nodes = Object.entries(release?.state.nodes ?? {});
  const rowsOf = (name: string) => nodes.find(([uniqueId]) => uniqueId.endsWith(`.${name}`))?.[1].rows ?? null;
  const days = rowsOf("listening_forecasts");
  if (release === null || days === null || rowsOf("covered_days") === null) return null;
  const last = await withRelease(release.path, async (connection) => {
    const [row] = await connection.query("select max(covered_date)::varchar as last from silver.covered_days");
    return row?.["last"] ?? null;
  });
  return { lastCoveredDate: typeof last === "string" ? last : null, days };
}

/** Days after which nothing is forecast any more: as in model days_to_forecast. */
const mostDaysBack = 14;

/** What there is to know of forecasts on a local day, YYYY-MM-DD. */
export function describeForecasts({ lastCoveredDate: last, days }: ForecastOutlook, today: string): string {
  if (last === null) return "none: no day is covered yet";
  const back = Math.round((Date.parse(today) - Date.parse(last)) / 86_400_000);
  if (back > mostDaysBack)
    return `none: the last covered day, ${last}, lies ${back} days back, more than ${mostDaysBack}; land a newer export`;
  return days === 0 ? "none yet: npm run train" : `of the ${days} days after ${last}`;
}
