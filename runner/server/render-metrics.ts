import { Gauge, Registry } from "prom-client";

import type { HealthReport } from "./health.ts";

/** The report in Prometheus' text format; timestamps are seconds since 1970, so that whoever reads them computes ages. */
export async function renderMetrics(report: HealthReport): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    new Gauge({ name: `tonearm_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  addStages(report, gauge);
  addRelease(report, gauge);
  gauge("poll_gaps", "Gaps between polls in which plays may be missing, of the runs kept.").set(report.gaps);
  gauge("open_incidents", "Incidents that are open.").set(report.incidents);
  gauge("undelivered_alerts", "Alerts that wait to be delivered.").set(report.undelivered);
  gauge("start_timestamp_seconds", "When the scheduler started.").set(seconds(report.startedAt));
  gauge("resident_memory_bytes", "Memory of the scheduler's process.").set(process.memoryUsage.rss());
  return registry.metrics();
}

/** The type that goes with it. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

type MakeGauge = (name: string, help: string, labelNames?: readonly string[]) => Gauge;

function addStages({ stages }: HealthReport, gauge: MakeGauge): void {
  const success = gauge("stage_last_success_timestamp_seconds", "End of the stage's last success.", ["stage"]);
  const run = gauge("stage_last_run_timestamp_seconds", "End of the stage's last run, however it ended.", ["stage"]);
  const duration = gauge("stage_last_duration_seconds", "How long the stage's last run took.", ["stage"]);
  const interval = gauge("stage_interval_seconds", "Time between two slots of the stage.", ["stage"]);
  const runs = gauge("stage_runs", "Runs of the stage by how they ended, of those kept.", ["stage", "status"]);
  for (const { stage, intervalMs, lastSuccessAt, lastRunAt, lastDurationMs, counts } of stages) {
    if (lastSuccessAt !== null) success.set({ stage }, seconds(lastSuccessAt));
    if (lastRunAt !== null) run.set({ stage }, seconds(lastRunAt));
    if (lastDurationMs !== null) duration.set({ stage }, lastDurationMs / 1000);
    if (intervalMs !== null) interval.set({ stage }, intervalMs / 1000);
    for (const [status, count] of Object.entries(counts)) runs.set({ stage, status }, count);
  }
}

function addRelease({ release }: HealthReport, gauge: MakeGauge): void {
  const rows = gauge("relation_rows", "Rows of a relation in the current release.", ["relation"]);
  const held = gauge("relation_held_timestamp_seconds", "Since when a relation keeps older rows.", ["relation"]);
  if (release === null) return;
  gauge("release", "Number of the current release.").set(release.number);
  gauge("release_published_timestamp_seconds", "When it was published.").set(seconds(release.publishedAt));
  for (const [uniqueId, node] of Object.entries(release.nodes)) {
    const relation = uniqueId.split(".").slice(2).join(".");
    if (node.rows !== null) rows.set({ relation }, node.rows);
    if (node.held !== null) held.set({ relation }, seconds(new Date(node.held.since)));
  }
}

function seconds(moment: Date): number {
  return moment.getTime() / 1000;
}
