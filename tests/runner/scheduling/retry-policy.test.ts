import assert from "node:assert/strict";
import { test } from "node:test";

import { type ErrorKind, errorKinds } from "../../../runner/execution/journal-events.ts";
import { presets } from "../../../runner/project/schedules.ts";
import { nextAttemptAt } from "../../../runner/scheduling/retry-policy.ts";

const now = new Date("2026-06-01T00:00:00Z");
const policy = { ...presets.six_hours.bronze, retries: 3, backoffSeconds: 60 };

function pauseSeconds(
  kind: ErrorKind,
  attempt: number,
  { random = 0, retryAt = null }: { readonly random?: number; readonly retryAt?: string | null } = {},
): number | null {
  const at = nextAttemptAt({ policy, attempt, error: { kind, message: "", retryAt }, now, random });
  return at === null ? null : (at.getTime() - now.getTime()) / 1000;
}

test("only what can pass next time is tried again", () => {
  const retried = errorKinds.filter((kind) => pauseSeconds(kind, 1) !== null);
  assert.deepEqual(retried, ["network", "rate_limit", "server", "lock"]);
});

test("pauses double, half of each is chance, and retries end", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((attempt) => pauseSeconds("network", attempt)),
    [30, 60, 120, null],
  );
  assert.deepEqual(
    [1, 2, 3, 4].map((attempt) => pauseSeconds("network", attempt, { random: 0.5 })),
    [45, 90, 180, null],
  );
});

test("nothing is tried before the server allows it, and not at all when that is more than an hour away", () => {
  assert.equal(pauseSeconds("rate_limit", 1, { retryAt: "2026-06-01T00:10:00Z" }), 600);
  assert.equal(pauseSeconds("rate_limit", 1, { retryAt: "2026-06-01T01:00:01Z" }), null);
});
