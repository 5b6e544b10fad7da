import { ProjectError } from "../diagnostics.ts";
import type { Logger } from "../log.ts";
import type { AlertsConfig } from "../project/alert-config.ts";
import type { Alert, Delivery } from "./book.ts";
import { updateBook } from "./book-file.ts";
import { decideAlerts } from "./decide-alerts.ts";
import { type ChannelResult, enqueue, settle, takeDue } from "./outbox.ts";
import { type Letterhead, type Message, renderAlert } from "./render-alert.ts";
import type { Watch } from "./watch.ts";

/** Name → how a message gets there; an Error says why it did not. */
export type Channels = Readonly<Record<string, (message: Message) => Promise<void>>>;

export interface DeskOptions {
  readonly dataDir: string;
  readonly config: AlertsConfig;
  readonly channels: Channels;
  readonly letterhead: Letterhead;
  /** Takes secrets out of what goes wrong. */
  readonly redact: (text: string) => string;
  readonly now: () => Date;
  readonly log: Logger | null;
}

/** What a check decided, and what could not be delivered. */
export interface CheckReport {
  readonly alerts: readonly Alert[];
  /** One line each. */
  readonly troubles: readonly string[];
}

/**
 * Decides who is to be told what, writes it down, and delivers what is due, also what could not be delivered before. Never fails and never
 * takes longer than a channel's timeout: what goes wrong is in the book, the log and the report.
 */
export async function checkAlerts(watch: Watch, options: DeskOptions): Promise<CheckReport> {
  const { dataDir, config, log, now } = options;
  const names = Object.keys(options.channels);
  try {
    const alerts = await updateBook(dataDir, (book) => {
      const decision = decideAlerts(book, watch, { ...config, now: now() });
      return { book: enqueue(decision.book, decision.alerts, names), result: decision.alerts };
    });
    for (const { kind, subject } of alerts) log?.warn({ alert: kind, subject }, "alert");
    return { alerts, troubles: await deliverDue(options) };
  } catch (error) {
    const trouble = `Alerts could not be looked after: ${options.redact(messageOf(error))}`;
    log?.error({ trouble }, "alerts failed");
    return { alerts: [], troubles: [trouble] };
  }
}

/** Until nothing is due: another process may put more in line meanwhile. */
async function deliverDue(options: DeskOptions): Promise<readonly string[]> {
  const { dataDir, channels, now } = options;
  const troubles: string[] = [];
  for (;;) {
    const due = await updateBook(dataDir, (book) => {
      const taken = takeDue(book, Object.keys(channels), now());
      return taken.due.length === 0 ? { book, result: [] } : { book: taken.book, result: taken.due };
    });
    if (due.length === 0) return troubles;
    const results = await Promise.all(Object.keys(channels).map((name) => deliverBy(name, due, options)));
    await updateBook(dataDir, (book) => ({ book: settle(book, results.flat(), now()), result: undefined }));
    troubles.push(...results.flat().flatMap(({ channel, failed }) => describe(channel, failed)));
  }
}

/** Once one does not get there, the others need not be tried. */
async function deliverBy(
  channel: string,
  due: readonly Delivery[],
  { channels, letterhead, log, redact }: DeskOptions,
): Promise<readonly ChannelResult[]> {
  const mine = due.filter((delivery) => delivery.channel === channel);
  const delivered: Delivery[] = [];
  for (const delivery of mine) {
    const { subject } = delivery.alert;
    try {
      await channels[channel]?.(renderAlert(delivery.alert, letterhead));
      log?.info({ channel, subject }, "alert delivered");
      delivered.push(delivery);
    } catch (error) {
      const trouble = redact(messageOf(error));
      log?.warn({ channel, subject, trouble }, "alert not delivered");
      return [{ channel, delivered, failed: { delivery, trouble } }];
    }
  }
  return mine.length === 0 ? [] : [{ channel, delivered, failed: null }];
}

function describe(channel: string, failed: ChannelResult["failed"]): readonly string[] {
  return failed === null ? [] : [`An alert could not be delivered by ${channel}, it is tried again: ${failed.trouble}`];
}

function messageOf(error: unknown): string {
  if (error instanceof ProjectError)
    return error.diagnostics.map(({ path, message }) => `${path} ${message}`).join("; ");
  return error instanceof Error ? error.message : String(error);
}
