import type { BuildState } from "../graph/build-state.ts";

/** A stage as its runs show it. */
export interface StageHealth {
  readonly stage: string;
  /** Between two of its slots; null for one from which no success is expected. */
  readonly intervalMs: number | null;
  readonly lastSuccessAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastDurationMs: number | null;
  /** Status → runs, of those that are kept. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What the health pages tell; made anew for each request. */
export interface HealthReport {
  readonly startedAt: Date;
  readonly stages: readonly StageHealth[];
  /** Between polls, of the runs that are kept. */
  readonly gaps: number;
  /** Open incidents. */
  readonly incidents: number;
  /** What could not be delivered to anyone yet. */
  readonly undelivered: number;
  readonly release: { readonly number: number; readonly publishedAt: Date; readonly nodes: BuildState["nodes"] } | null;
}

/** Stages whose last success is older than two of their intervals, with the reason; none when all is well. */
export function lateStages({ stages }: Pick<HealthReport, "stages">, now: Date): readonly string[] {
  return stages.flatMap(({ stage, intervalMs, lastSuccessAt }) => {
    if (intervalMs === null) return [];
    if (lastSuccessAt === null) return [`${stage}: no success yet`];
    if (now.getTime() - lastSuccessAt.getTime() <= 2 * intervalMs) return [];
    return [`${stage}: last success ${lastSuccessAt.toISOString()}, interval ${intervalMs / 1000} s`];
  });
}
