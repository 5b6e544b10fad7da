import type { Rejection, SourceKind } from "./source-reader.ts";

/** Counts of one batch; read = landed + rejected. */
export interface LandedRows {
  readonly rowsRead: number;
  readonly rowsLanded: number;
  readonly rowsRejected: number;
  readonly rejections: readonly Rejection[];
}

/** A file that was recognised; the rows of one that had landed before are not counted again. */
export interface LandedFile extends LandedRows {
  /** Base name. */
  readonly file: string;
  readonly kind: SourceKind;
  readonly table: string;
  readonly batchId: string;
  readonly status: "landed" | "already landed";
  /** Size of the uncompressed content; 0 where it had landed before. */
  readonly bytes: number;
  /** What the user should know of a file that landed all the same. */
  readonly note: string | null;
}
