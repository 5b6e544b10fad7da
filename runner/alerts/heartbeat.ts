import type { Logger } from "../log.ts";
import { post } from "./post.ts";

export type Signal = "start" | "success" | "fail";

/** What a ping says of a stage: names and numbers, no row. */
export interface Pulse {
  readonly stage: string;
  readonly runId: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Heartbeat {
  /**
   * Never fails: gives null when the ping got there, else why it did not; undefined when the stage pings nobody. Where the address has no
   * place for a stage's name, only these stages ping.
   */
  readonly ping: (signal: Signal, pulse: Pulse, stages: readonly string[]) => Promise<string | null | undefined>;
}

export interface HeartbeatOptions {
  /** `{stage}` in it stands for the stage's name: then every stage has a check of its own. */
  readonly url: URL | null;
  readonly timeoutMs: number;
  readonly redact: (text: string) => string;
  readonly log: Logger | null;
}

/** Pings as healthchecks.io and its like take them: `/start`, nothing or `/fail` behind the address, the facts as the body. */
export function openHeartbeat({ url, timeoutMs, redact, log }: HeartbeatOptions): Heartbeat {
  return {
    async ping(signal, pulse, stages) {
      const address = url === null ? null : pingAddress(url, signal, { stage: pulse.stage, stages });
      if (address === null) return undefined;
      try {
        await post(address, { type: "text/plain; charset=utf-8", text: renderPulse(pulse), timeoutMs });
        return null;
      } catch (error) {
        const trouble = redact(error instanceof Error ? error.message : String(error));
        log?.warn({ signal, stage: pulse.stage, trouble }, "heartbeat not delivered");
        return trouble;
      }
    },
  };
}

const endings = { start: "/start", success: "", fail: "/fail" } satisfies Record<Signal, string>;
const placeholder = "{stage}";

/** Null where the stage pings nobody. */
function pingAddress(
  url: URL,
  signal: Signal,
  { stage, stages }: { readonly stage: string; readonly stages: readonly string[] },
): URL | null {
  // The URL has the braces escaped.
  const text = url.href.replaceAll(/%7B/gi, "{").replaceAll(/%7D/gi, "}");
  const isOwn = text.includes(placeholder);
  if (!isOwn && !stages.includes(stage)) return null;
  const address = new URL(text.replaceAll(placeholder, encodeURIComponent(stage)));
  address.pathname = address.pathname.replace(/\/+$/, "") + endings[signal];
  return address;
}

function renderPulse({ stage, runId, status, counts }: Pulse): string {
  const facts = [
    ["stage", stage],
    ["run", runId],
    ["status", status],
    ...Object.entries(counts).map(([name, number]) => [name, String(number)]),
  ];
  return `${facts.map(([name, value]) => `${name}: ${value}`).join("\n")}\n`;
}
