import { readBook } from "../alerts/book-file.ts";
import type { Run } from "../execution/run-history.ts";
import type { Project } from "../project/project.ts";
import { stageFreshness } from "../scheduling/freshness.ts";
import type { RunObserver } from "../scheduling/run-observer.ts";
import type { HealthReport, StageHealth } from "../server/health.ts";
import { type HealthServer, startHealthServer } from "../server/health-server.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";
import { type LoadedProject, projectTimezone } from "./project-options.ts";
import { expectedStages } from "./scheduled-stages.ts";

/** Serves the health pages where project.yml names a port, out of what the scheduler knows of its runs. */
export async function openHealth(loaded: LoadedProject, effects: Effects): Promise<RunObserver> {
  const { now, print, warn } = effects;
  const startedAt = now();
  let { project } = loaded;
  let known: readonly Run[] = [];
  const read = (): Promise<HealthReport> => report({ loaded: { ...loaded, project }, runs: known, startedAt }, now());
  const serve = async (port: number | null): Promise<HealthServer | null> => {
    if (port === null) return null;
    const server = await startHealthServer({ port, now, read });
    print(`Health: http://127.0.0.1:${server.port}/healthz, /readyz and /metrics`);
    return server;
  };
  let server = await serve(project.health.port);
  let changing: Promise<unknown> = Promise.resolve();
  const move = async (port: number | null): Promise<void> => {
    await server?.close();
    server = null;
    server = await serve(port);
  };
  return {
    runStarted() {},
    runFinished(run) {
      known = [...known.filter(({ runId }) => runId !== run.runId), run];
    },
    tick(_, runs) {
      known = runs;
    },
    settingsChanged(again) {
      const isMoved = again.health.port !== project.health.port;
      project = again;
      if (isMoved)
        changing = changing.then(() => move(again.health.port)).catch((error: unknown) => warn(String(error)));
    },
    async close() {
      await changing;
      await server?.close();
    },
  };
}

interface Known {
  readonly loaded: LoadedProject;
  readonly runs: readonly Run[];
  readonly startedAt: Date;
}

async function report({ loaded: { project, dataDir }, runs, startedAt }: Known, now: Date): Promise<HealthReport> {
  const { failures, standing, outbox } = await readBook(dataDir);
  const current = await readCurrentRelease(dataDir);
  return {
    startedAt,
    stages: stagesOf(project, runs, now),
    gaps: new Set(runs.flatMap(({ gaps }) => gaps.map(({ from, to }) => `${from} ${to}`))).size,
    incidents: Object.keys(failures).length + Object.keys(standing).length,
    undelivered: outbox.length,
    release: current && {
      number: current.number,
      publishedAt: new Date(current.state.publishedAt),
      nodes: current.state.nodes,
    },
  };
}

function stagesOf(project: Project, runs: readonly Run[], now: Date): readonly StageHealth[] {
  const { stages: policies } = project.schedules;
  const expected = new Set(expectedStages(project, runs, now).map(({ stage }) => stage));
  const freshness = stageFreshness({ policies, timezone: projectTimezone(project), runs, now });
  const attempts = runs.filter(({ parent }) => parent === null).flatMap(({ stages }) => stages);
  return freshness.map((fresh) => {
    const ended = attempts.filter(({ stage, finishedAt }) => stage === fresh.stage && finishedAt !== null);
    const last = ended.findLast(({ status }) => status !== "skipped");
    const counts: Record<string, number> = {};
    for (const { status } of ended) counts[status] = (counts[status] ?? 0) + 1;
    const lastRunAt = last?.finishedAt == null ? null : new Date(last.finishedAt);
    const intervalMs = expected.has(fresh.stage) ? fresh.intervalMs : null;
    return { ...fresh, intervalMs, lastRunAt, lastDurationMs: last?.ms ?? null, counts };
  });
}
