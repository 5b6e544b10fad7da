import type { HttpAnswer } from "./send.ts";

/** What a 429 asks for: a short wait of the 30-second limit, or to stay away until a time, as the daily quota does. */
export type Limit =
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "closed"; readonly retryAt: Date };

/** Longest wait inside a process; whoever waits longer is a process that does nothing for hours. */
export const longestWaitMs = 60_000;

/** The rate limit looks at the last 30 seconds. */
const rateWindowMs = 30_000;

/** The quota is counted by the day. */
const quotaMs = 86_400_000;

/** Reads a 429: by the reason QUOTA_EXCEEDED in its body, and Retry-After in seconds or as a date. */
export function readLimit({ headers, text }: Pick<HttpAnswer, "headers" | "text">, now: Date): Limit {
  const isQuota = text.includes("QUOTA_EXCEEDED");
  const waitMs = retryAfterMs(headers.get("retry-after"), now) ?? (isQuota ? quotaMs : rateWindowMs);
  if (!isQuota && waitMs <= longestWaitMs) return { kind: "wait", waitMs };
  return { kind: "closed", retryAt: new Date(now.getTime() + waitMs) };
}

function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
