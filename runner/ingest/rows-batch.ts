import { createHash } from "node:crypto";

/** Rows that come from no file; columns left out are null. */
export interface RowsToLand {
  readonly table:
    | "listening_history"
    | "my_tracks_features"
    | "model_decisions"
    | "forecast_backtests"
    | "cluster_curves";
  /** `api` rows go when the user disconnects from Spotify. */
  readonly kind: "api" | "registry";
  /** What stands in the place of a file's name. */
  readonly file: string;
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[];
  /** Times of which plays may have gone unseen, with this batch. */
  readonly gaps: readonly { readonly from: Date; readonly to: Date }[];
  readonly account: string;
  readonly landedAt: Date;
  /** What makes the batch what it is, where that is not its rows: landed twice, it is one batch. */
  readonly identity?: string;
}

/** The batch that rows make, by what it is known. */
export function rowsBatch(landing: RowsToLand): { readonly sha256: string; readonly batchId: string } {
  const { table, account, landedAt, rows, identity = JSON.stringify(rows) } = landing;
  const sha256 = createHash("sha256").update(`${table} ${account} ${landedAt.toISOString()} ${identity}`).digest("hex");
  return { sha256, batchId: sha256.slice(0, 16) };
}
