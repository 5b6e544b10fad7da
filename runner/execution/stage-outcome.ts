import * as z from "zod";

import { outcomes, skipReasons, type SkipReason, type StageError, stageError } from "./journal-events.ts";

/** What one attempt of a stage came to; checked where it comes from another process. */
export const stageOutcome = z.strictObject({
  status: z.enum(outcomes),
  /** Landed, built, sent; null where there is nothing to count. */
  rows: z.int().nonnegative().nullable(),
  error: stageError.nullable(),
  skipped: z.strictObject({ reason: z.enum(skipReasons), message: z.string() }).nullable(),
  /** Times in which plays may have been missed. */
  gaps: z.array(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })).readonly(),
});
export type StageOutcome = Readonly<z.infer<typeof stageOutcome>>;

/** It went well. */
export function succeeded(rows: number | null): StageOutcome {
  return { status: "success", rows, error: null, skipped: null, gaps: [] };
}

/** It did not, or, as `partial`, only a part of it. */
export function failed(
  error: StageError,
  rows: number | null = null,
  status: "failed" | "partial" = "failed",
): StageOutcome {
  return { status, rows, error, skipped: null, gaps: [] };
}

/** There was no reason to do it, or none to do it now. */
export function skipped(reason: SkipReason, message: string): StageOutcome {
  return { status: "skipped", rows: null, error: null, skipped: { reason, message }, gaps: [] };
}
