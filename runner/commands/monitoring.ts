import { checkAlerts, type DeskOptions } from "../alerts/alert-desk.ts";
import { parseChannelSettings } from "../alerts/channel-settings.ts";
import { openHeartbeat } from "../alerts/heartbeat.ts";
import { openChannels, patienceMs } from "../alerts/open-channels.ts";
import { recordPing } from "../alerts/record-ping.ts";
import { redact } from "../alerts/redact.ts";
import { stageOutcomes } from "../alerts/stage-outcomes.ts";
import { endSignals, type StageSignal, startSignals } from "../alerts/stage-signals.ts";
import type { ScheduledStage, Watch } from "../alerts/watch.ts";
import type { Run } from "../execution/run-history.ts";
import type { Project } from "../project/project.ts";
import type { RunObserver } from "../scheduling/run-observer.ts";
import type { Effects } from "./effects.ts";
import { lookAround } from "./look-around.ts";
import type { LoadedProject } from "./project-options.ts";
import { expectedStages } from "./scheduled-stages.ts";

/** Later looks take the runs of so long: what is older has been looked at. */
const lookBackMs = 6 * 3_600_000;

/**
 * Tells people of the runs of this process, and of others in the same data folder, by alerts and heartbeat. All of it goes on in the
 * background, one thing after the other, and never fails. A ProjectError when the environment names a channel that cannot be read.
 */
export function openMonitoring(loaded: LoadedProject, effects: Effects): RunObserver {
  const { ping, desk } = openOutlets(loaded, effects);
  let { project } = loaded;
  let hasLooked = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>): void => {
    last = last.then(work).catch((error: unknown) => effects.log?.error({ trouble: String(error) }, "monitoring"));
  };
  const check = async (watch: Watch): Promise<void> => {
    const around = await lookAround({ ...loaded, project });
    const { troubles } = await checkAlerts({ ...around, ...watch }, { ...desk, config: project.alerts });
    for (const trouble of troubles) effects.warn(trouble);
  };
  return {
    runStarted: (run) => inTurn(() => ping(startSignals(run), project)),
    runFinished(run, parts) {
      const runs = stageOutcomes(run, parts, effects.now());
      inTurn(() => Promise.all([ping(endSignals(run, parts), project), check({ runs })]));
    },
    tick(now, runs) {
      const since = hasLooked ? now.getTime() - lookBackMs : Number.NEGATIVE_INFINITY;
      hasLooked = true;
      const recent = runs.filter(({ startedAt }) => Date.parse(startedAt) >= since);
      const watch = { runs: outcomesOf(recent, now), scheduled: scheduledStages(project, runs, now) };
      inTurn(() => check(watch));
    },
    settingsChanged(again) {
      project = again;
    },
    async close() {
      await last;
    },
  };
}

interface Outlets {
  readonly ping: (signals: readonly StageSignal[], project: Project) => Promise<void>;
  readonly desk: Omit<DeskOptions, "config">;
}

function openOutlets({ dataDir, notice, project: { name } }: LoadedProject, effects: Effects): Outlets {
  const settings = parseChannelSettings(effects.environment);
  const { environment, now, log } = effects;
  const redacted = (text: string): string => redact(text, environment);
  const heartbeat = openHeartbeat({ url: settings.heartbeat, timeoutMs: patienceMs, redact: redacted, log });
  return {
    async ping(signals, project) {
      const { heartbeatStages } = project.alerts;
      for (const { signal, pulse } of signals) {
        const trouble = await heartbeat.ping(signal, pulse, heartbeatStages);
        if (trouble === undefined) continue;
        await recordPing(dataDir, { what: `${signal} of ${pulse.stage}`, trouble }, now());
        if (trouble !== null) effects.warn(`A heartbeat could not be delivered: ${trouble}`);
      }
    },
    desk: {
      dataDir,
      channels: openChannels(settings),
      letterhead: { project: name, notice },
      redact: redacted,
      now,
      log,
    },
  };
}

function outcomesOf(runs: readonly Run[], now: Date): Watch["runs"] {
  const parts = runs.filter(({ parent }) => parent !== null);
  return runs.flatMap((run) =>
    stageOutcomes(
      run,
      parts.filter(({ parent }) => parent?.runId === run.runId),
      now,
    ),
  );
}

/** Those that wait for a stage that failed are told of with it. */
function scheduledStages(project: Project, runs: readonly Run[], now: Date): readonly ScheduledStage[] {
  return expectedStages(project, runs, now).filter(({ skipped }) => skipped !== "upstream_failed");
}
