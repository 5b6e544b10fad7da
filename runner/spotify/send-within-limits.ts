import { closeBucket, closedUntil } from "./closed-buckets.ts";
import { longestWaitMs, readLimit } from "./read-limit.ts";
import { type HttpAnswer, type HttpRequest, send } from "./send.ts";
import type { Bucket, SpotifyContext } from "./spotify-context.ts";
import { BucketClosedError } from "./spotify-errors.ts";

/** The least pause after a 429, so that a Retry-After of 0 is no loop. */
const leastWaitMs = 1000;

/** Sends a request unless its bucket is closed; waits out short limits, 60 s in all, and closes the bucket for longer ones. */
export async function sendWithinLimits(
  request: HttpRequest,
  bucket: Bucket,
  { dataDir, effects }: Pick<SpotifyContext, "dataDir" | "effects">,
): Promise<HttpAnswer> {
  const closed = await closedUntil(dataDir, bucket, effects.now());
  if (closed !== null) throw new BucketClosedError(bucket, closed);
  for (let waitedMs = 0; ;) {
    const answer = await send(request, effects);
    if (answer.status !== 429) return answer;
    const now = effects.now();
    const limit = readLimit(answer, now);
    const waitMs = limit.kind === "wait" ? Math.max(leastWaitMs, limit.waitMs) : 0;
    if (limit.kind === "closed" || waitedMs + waitMs > longestWaitMs) {
      const retryAt = limit.kind === "closed" ? limit.retryAt : new Date(now.getTime() + longestWaitMs);
      await closeBucket(dataDir, bucket, { retryAt, now });
      effects.tell({ kind: "closed", bucket, retryAt });
      throw new BucketClosedError(bucket, retryAt);
    }
    effects.tell({ kind: "waited", bucket, waitMs });
    await effects.sleep(waitMs);
    waitedMs += waitMs;
  }
}
