import * as z from "zod";

const instant = z.iso.datetime();
const count = z.int().nonnegative();

const alert = z
  .strictObject({
    id: z.string(),
    kind: z.enum(["failed", "reminder", "warning", "recovered", "test"]),
    /** One line. */
    subject: z.string(),
    /** Name and value. */
    facts: z.array(z.tuple([z.string(), z.string()]).readonly()).readonly(),
    /** What failed, one line each. */
    details: z.array(z.string()).readonly(),
    advice: z.string().nullable(),
    at: instant,
  })
  .readonly();

const failureIncident = z
  .strictObject({
    since: instant,
    failures: count,
    /** How many failures there were when it was told last. */
    told: count,
    /** Nodes and tests that failed since it began. */
    causes: z.array(z.string()).readonly(),
  })
  .readonly();

const standingIncident = z
  .strictObject({
    since: instant,
    /** A condition that gets worse is told again. */
    level: count,
    subject: z.string(),
  })
  .readonly();

const delivery = z.strictObject({ channel: z.string(), alert }).readonly();

const channelState = z
  .strictObject({
    /** In a row. */
    failures: count,
    /** Not before: it failed, or a process is at it. */
    nextAt: instant,
  })
  .readonly();

const attempt = z
  .strictObject({
    at: instant,
    channel: z.string(),
    what: z.string(),
    /** Why it could not be delivered; null when it was. */
    trouble: z.string().nullable(),
  })
  .readonly();

/** What `alerts/book.json` holds: open incidents, what has been told, and what is still to be delivered; version 1. */
export const alertBook = z
  .strictObject({
    version: z.literal(1),
    /** When it was looked at last. */
    checkedAt: instant.nullable(),
    /** Since when it has been looked at without a pause. */
    awakeSince: instant.nullable(),
    /** Stage → what is open of it. */
    failures: z.record(z.string(), failureIncident).readonly(),
    /** Condition → what is open of it. */
    standing: z.record(z.string(), standingIncident).readonly(),
    /** Ids of the stage runs seen last. */
    seen: z.array(z.string()).readonly(),
    outbox: z.array(delivery).readonly(),
    channels: z.record(z.string(), channelState).readonly(),
    /** The last tries to deliver, the newest last. */
    attempts: z.array(attempt).readonly(),
  })
  .readonly();

/** Something that people are to be told. */
export type Alert = z.infer<typeof alert>;
export type FailureIncident = z.infer<typeof failureIncident>;
export type StandingIncident = z.infer<typeof standingIncident>;
/** An alert on its way to one channel. */
export type Delivery = z.infer<typeof delivery>;
export type Attempt = z.infer<typeof attempt>;
export type AlertBook = z.infer<typeof alertBook>;

/** The book before anything was looked at. */
export const emptyBook: AlertBook = {
  version: 1,
  checkedAt: null,
  awakeSince: null,
  failures: {},
  standing: {},
  seen: [],
  outbox: [],
  channels: {},
  attempts: [],
};
