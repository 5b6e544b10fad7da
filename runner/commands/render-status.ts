import { countText } from "../count-text.ts";
import type { Landing } from "../ingest/landings.ts";
import type { Bucket } from "../spotify/spotify-context.ts";
import { loginEnd } from "../spotify/login-end.ts";
import type { Tokens } from "../spotify/token-store.ts";
import type { Pin } from "../warehouse/pin.ts";
import type { CurrentRelease } from "../warehouse/releases.ts";
import type { LastPoll } from "./last-poll.ts";

/** What `status` tells; null where there is nothing yet, undefined what cannot be read. */
export interface Status {
  readonly now: Date;
  /** The app that the project names. */
  readonly clientId: string | null;
  readonly release: CurrentRelease | null | undefined;
  /** Of the current release. */
  readonly pin: Pin | null;
  /** What is forecast, in words; null where the release has no such table. */
  readonly forecasts: string | null;
  readonly tokens: Tokens | null | undefined;
  readonly lastPoll: LastPoll | null | undefined;
  readonly closed: readonly { readonly bucket: Bucket; readonly retryAt: Date }[];
  /** Of the batches that count. */
  readonly landings: readonly Landing[];
}

/** More gaps and held relations than these are counted only: the rest has to fit on the screen. */
const mostListed = 5;

const unreadable = "cannot be read, see below";

const minuteMs = 60_000;

/** The status as lines, headings to the left; times are UTC. */
export function renderStatus(status: Status): readonly string[] {
  return [
    "Warehouse",
    ...release(status),
    line("newest play", newestPlay(status.landings)),
    ...(status.forecasts === null ? [] : [line("forecasts", status.forecasts)]),
    "",
    "Spotify's Web API",
    line("login", login(status)),
    line("last poll", lastPoll(status)),
    ...failing(status),
    line("landed", landed(status.landings)),
    ...gapLines(status.landings),
    ...listed(
      "closed",
      status.closed.map(({ bucket, retryAt }) => `${bucket} until ${minute(retryAt)}`),
      "nothing",
    ),
  ];
}

function release({ release: current, pin, now }: Status): readonly string[] {
  if (current === undefined) return [line("release", unreadable)];
  if (current === null) return [line("release", "none yet: npm run pipeline")];
  const { number, state, warnings } = current;
  const publishedAt = new Date(state.publishedAt);
  const held = Object.entries(state.nodes).flatMap(([uniqueId, node]) =>
    node.held === null ? [] : [`${nameOf(uniqueId)} since ${minute(new Date(node.held.since))}`],
  );
  return [
    line("release", `${number}, published ${minute(publishedAt)} (${ago(publishedAt, now)})`),
    ...(pin === null
      ? []
      : [line("", `pinned since ${minute(new Date(pin.since))}: scheduled builds wait for npm run unpin`)]),
    ...listed("held", held, "nothing"),
    ...warnings.map((warning) => line("", warning)),
  ];
}

function login({ clientId, tokens, now }: Status): string {
  if (tokens === undefined) return unreadable;
  if (tokens === null && clientId === null)
    return "no app is set, so Spotify is not asked; npm run login says how to get one";
  if (tokens === null) return "none: npm run login";
  if (clientId !== null && clientId !== tokens.clientId) {
    return "of another app than spotify_client_id names: npm run login";
  }
  const { daysLeft, endsAt, isNear } = loginEnd(tokens.authorizedAt, now);
  if (daysLeft < 0) return `over since ${day(endsAt)}: npm run login`;
  const age = `of ${day(tokens.authorizedAt)}, tokens renewed ${ago(tokens.refreshedAt, now)}`;
  return `${age}; the next one is due in ${count(daysLeft, "day")}, by ${day(endsAt)}${isNear ? ": npm run login" : ""}`;
}

function lastPoll({ lastPoll: poll, now }: Status): string {
  if (poll === undefined) return unreadable;
  if (poll === null || poll.polled_at === null) return "none yet: npm run ingest -- spotify";
  const polledAt = new Date(poll.polled_at);
  return `${minute(polledAt)} (${ago(polledAt, now)}), ${count(poll.landed, "play")} landed`;
}

/** What has kept the polls since then from their end. */
function failing({ lastPoll: poll, now }: Status): readonly string[] {
  if (poll?.failing == null) return [];
  const since = new Date(poll.failing.since);
  return [line("failing", `since ${minute(since)} (${ago(since, now)}): ${poll.failing.reason}`)];
}

function newestPlay(landings: readonly Landing[]): string {
  const newest = landings.reduce<Landing | null>(
    (best, landing) => (newestMs(landing) > newestMs(best) ? landing : best),
    null,
  );
  if (newest?.last_ended_at === null || newest === null) return "none yet";
  const origin = newest.source_kind === "api" ? "told by Spotify's Web API" : "from an export";
  return `${minute(newest.last_ended_at)}, ${origin}`;
}

function landed(landings: readonly Landing[]): string {
  const rows = (table: string): number =>
    landings.reduce(
      (sum, { source_kind: kind, table_name: name, rows_landed: landedRows }) =>
        kind === "api" && name === table ? sum + landedRows : sum,
      0,
    );
  return `${count(rows("listening_history"), "play")}, ${count(rows("my_tracks_features"), "row")} of tracks`;
}

/** The gaps that no file of an export covers, the latest first. */
function gapLines(landings: readonly Landing[]): readonly string[] {
  const exports = landings.filter(({ source_kind: kind }) => kind !== "api");
  const open = landings
    .flatMap(({ gaps }) => gaps)
    .filter(
      ({ from, to }) =>
        !exports.some((landing) => oldestMs(landing) <= from.getTime() && newestMs(landing) >= to.getTime()),
    );
  const texts = open
    .toSorted((left, right) => right.to.getTime() - left.to.getTime())
    .map(({ from, to }) => `${minute(from)} to ${minute(to)}`);
  const remark = texts.length === 0 ? [] : [line("", "Plays may be missing there; an export fills them.")];
  return [...listed("gaps", texts, "none"), ...remark];
}

function newestMs(landing: Landing | null): number {
  return landing?.last_ended_at?.getTime() ?? Number.NEGATIVE_INFINITY;
}

function oldestMs({ first_ended_at: first }: Landing): number {
  return first?.getTime() ?? Number.POSITIVE_INFINITY;
}

function listed(heading: string, texts: readonly string[], none: string): readonly string[] {
  if (texts.length === 0) return [line(heading, none)];
  const shown = texts.slice(0, mostListed).map((text, at) => line(at === 0 ? heading : "", text));
  const more = texts.length - shown.length;
  return more === 0 ? shown : [...shown, line("", `and ${more} more`)];
}

function line(heading: string, text: string): string {
  return `  ${heading.padEnd(12)}${text}`;
}

function nameOf(uniqueId: string): string {
  return uniqueId.split(".").at(-1) ?? uniqueId;
}

/** How long ago, in the largest unit of which it is at least one. */
function ago(then: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - then.getTime()) / minuteMs);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${count(minutes, "minute")} ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${count(hours, "hour")} ago` : `${count(Math.floor(hours / 24), "day")} ago`;
}

function count(number: number, unit: string): string {
  return `${countText(number)} ${unit}${number === 1 ? "" : "s"}`;
}

function minute(moment: Date): string {
  return moment.toISOString().slice(0, 16).replace("T", " ");
}

function day(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
