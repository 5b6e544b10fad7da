import type { Alert, AlertBook, FailureIncident } from "./book.ts";
import { durationText, momentText } from "./duration-text.ts";
import type { FailedNode, StageOutcome } from "./watch.ts";

/** What a look at finished runs changes, and what there is to tell. */
export interface Decision {
  readonly alerts: readonly Alert[];
  readonly book: AlertBook;
}

/** Run ids that are remembered: a clock set back, or a second look at the same runs, tells nothing twice. */
const seenKept = 512;
/** Of a run that lies so far behind the last look, nothing is told. */
const oldestMs = 3 * 3_600_000;
/** More lines than these are counted only. */
const detailsShown = 20;

/**
 * One incident a stage: told at its first failure, when something fails in it that had not failed before, after every `remindEvery` more
 * failures, and when a run succeeds. What failed and recovered between two looks is not told.
 */
export function decideFailures(
  book: AlertBook,
  runs: readonly StageOutcome[],
  { remindEvery, now }: { readonly remindEvery: number; readonly now: Date },
): Decision {
  const fresh = newRuns(book, runs);
  const seen = [...book.seen, ...fresh.map(idOf)].slice(-seenKept);
  const failures = { ...book.failures };
  const alerts: Alert[] = [];
  for (const stage of new Set(fresh.map((run) => run.stage))) {
    const ofStage = fresh.filter((run) => run.stage === stage);
    const last = ofStage.at(-1);
    if (last === undefined) continue;
    const before = book.failures[stage];
    const after = ofStage.reduce(advance, before);
    const transition = decideTransition(before, after, remindEvery);
    if (transition !== null) alerts.push(render(transition, { run: last, before, after, now }));
    if (after === undefined) delete failures[stage];
    else failures[stage] = { ...after, told: transition === null ? after.told : after.failures };
  }
  const gaps = fresh.flatMap((run) => (run.gaps.length > 0 ? [renderGaps(run, now)] : []));
  return { alerts: [...alerts, ...gaps], book: { ...book, failures, seen } };
}

function newRuns({ seen, checkedAt }: AlertBook, runs: readonly StageOutcome[]): readonly StageOutcome[] {
  const known = new Set(seen);
  const since = checkedAt === null ? Number.NEGATIVE_INFINITY : new Date(checkedAt).getTime() - oldestMs;
  return runs
    .filter((run) => !known.has(idOf(run)) && run.finishedAt.getTime() >= since)
    .toSorted((left, right) => left.finishedAt.getTime() - right.finishedAt.getTime());
}

function idOf({ runId, stage }: StageOutcome): string {
  return `${runId} ${stage}`;
}

function advance(incident: FailureIncident | undefined, run: StageOutcome): FailureIncident | undefined {
  if (run.status === "success") return undefined;
  const { since, failures, told, causes } = incident ?? {
    since: run.startedAt.toISOString(),
    failures: 0,
    told: 0,
    causes: [],
  };
  return { since, failures: failures + 1, told, causes: [...new Set([...causes, ...causesOf(run)])] };
}

function causesOf({ failures }: StageOutcome): readonly string[] {
  return failures.flatMap(({ name, tests }) =>
    tests.length === 0 ? [name] : tests.map((failed) => `${name} ${failed.name}`),
  );
}

type Transition = "failed" | "worse" | "reminder" | "recovered";

function decideTransition(
  before: FailureIncident | undefined,
  after: FailureIncident | undefined,
  remindEvery: number,
): Transition | null {
  if (after === undefined) return before === undefined ? null : "recovered";
  if (before === undefined) return "failed";
  if (after.causes.some((cause) => !before.causes.includes(cause))) return "worse";
  return after.failures - after.told >= remindEvery ? "reminder" : null;
}

interface Situation {
  readonly run: StageOutcome;
  readonly before: FailureIncident | undefined;
  readonly after: FailureIncident | undefined;
  readonly now: Date;
}

function render(transition: Transition, { run, before, after, now }: Situation): Alert {
  const { stage, runId, trigger, status } = run;
  const since = new Date((after ?? before)?.since ?? run.startedAt);
  const base = { id: `${stage} ${transition} ${runId}`, at: now.toISOString() };
  const facts: [string, string][] = [
    ["stage", stage],
    ["run", `${runId} (${trigger})`],
  ];
  if (transition === "recovered") {
    const outage = durationText(run.finishedAt.getTime() - since.getTime());
    const failed = `${before?.failures ?? 0} in a row`;
    const told: [string, string][] = [
      ["outage", `${outage}, since ${momentText(since)}`],
      ["failures", failed],
    ];
    const subject = `${titles[stage] ?? stage} has recovered after ${outage}`;
    return { ...base, kind: "recovered", subject, facts: [...facts, ...told], details: [], advice: null };
  }
  return {
    ...base,
    kind: transition === "reminder" ? "reminder" : "failed",
    subject: subjects[transition](run, after),
    facts: [
      ...facts,
      ["status", status === "partial" ? "partial: the rest was published" : status],
      ["since", momentText(since)],
      ["failures", `${after?.failures ?? 1} in a row`],
      ...(run.error === null ? [] : [["error", run.error] satisfies [string, string]]),
    ],
    details: shorten(run.failures.flatMap(describeNode)),
    advice: `npm run runs -- ${runId} tells more.${run.failures.some(({ tests }) => tests.length > 0) ? " Rows that failed a test lie in target/failures on that machine, and nowhere else." : ""}`,
  };
}

/** What a failed stage is called, where its name alone says too little. */
const titles: Readonly<Record<string, string>> = { reload: "reload of project.yml" };

const subjects = {
  failed: ({ stage, failures, status }, _after) =>
    `${titles[stage] ?? stage} ${status === "partial" ? "is partial" : "failed"}${failures.length === 0 ? "" : `: ${namesOf(failures)}`}`,
  worse: ({ stage, failures }, _after) => `${stage}: more fails now: ${namesOf(failures)}`,
  reminder: ({ stage }, after) => `${stage} still fails, ${after?.failures ?? 1} times in a row`,
} satisfies Record<Exclude<Transition, "recovered">, (run: StageOutcome, after: FailureIncident | undefined) => string>;

function namesOf(failures: readonly FailedNode[]): string {
  const names = failures.map(({ name }) => name);
  const more = names.length - 3;
  return more > 0 ? `${names.slice(0, 3).join(", ")} and ${more} more` : names.join(", ");
}

function describeNode({ name: relation, place, tests }: FailedNode): readonly string[] {
  if (tests.length === 0) return [`${relation} could not be built${place === null ? "" : `: ${place}`}`];
  return tests.map(({ name, rows }) =>
    rows === null
      ? `${relation}: data test ${name} could not run`
      : `${relation}: data test ${name} fails on ${rows} ${rows === 1 ? "row" : "rows"}`,
  );
}

function shorten(lines: readonly string[]): readonly string[] {
  const more = lines.length - detailsShown;
  return more > 0 ? [...lines.slice(0, detailsShown), `and ${more} more`] : lines;
}

function renderGaps({ stage, runId, gaps }: StageOutcome, now: Date): Alert {
  return {
    id: `${stage} gap ${runId}`,
    at: now.toISOString(),
    kind: "warning",
    subject: "plays may be missing: a gap between two polls",
    facts: [
      ["stage", stage],
      ["run", runId],
    ],
    details: shorten(gaps.map(({ from, to }) => `between ${momentText(from)} and ${momentText(to)}`)),
    advice: "Spotify tells of the 50 newest plays only. An export that comes later fills the gap.",
  };
}
