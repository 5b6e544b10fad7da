import * as z from "zod";

/** Rows that a training leaves behind, by the bronze table they go to; columns are as declared there. */
export const evidenceSchema = z.strictObject({
  table: z.enum(["forecast_backtests", "cluster_curves"]),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly()).readonly(),
});

export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;
