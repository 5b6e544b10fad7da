/** Rows left out for one reason; `firstRow` is the first one's place: its position in a JSON array, its line in a CSV. */
export interface Rejection {
  readonly reason: string;
  readonly rows: number;
  readonly firstRow: number;
}

/** Why a whole file cannot land, and what to do about it. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
  readonly line?: number;
}

/** What every row of a batch carries besides its own values. */
export interface Origin {
  readonly batchId: string;
  readonly file: string;
  readonly account: string;
  readonly landedAt: Date;
}

/** What an intake knows once it has seen all bytes. */
export interface IntakeResult {
  /** Bytes still to be staged. */
  readonly rest: Buffer;
  readonly refusal?: Refusal;
  /** Rows already left out while the file was staged. */
  readonly rejections: readonly Rejection[];
  /** Rows handed on to the staged copy, where the intake counted them. */
  readonly staged?: number;
  /** SELECT of the staged copy's rows: the table's columns and `rejection`, null for a row that lands. */
  readonly select: (path: string, origin: Origin) => string;
}

/** Sees a file's bytes on their way to the staged copy and may rewrite them. */
export interface Intake {
  readonly write: (chunk: Buffer) => Buffer;
  readonly finish: () => IntakeResult;
}

/** How one kind of source is told from others and read. */
export interface SourceReader {
  readonly table: string;
  /** Column that says where in its file a row stood. */
  readonly position: string;
  /** Whether a file by that base name, perhaps given as such by the user, is this source's; undefined when its first line decides. */
  readonly recognisesName: (name: string, wasNamed: boolean) => boolean | undefined;
  readonly recognisesFirstLine: (line: string) => boolean;
  readonly intake: () => Intake;
  /** What the database's complaint about the staged copy means; undefined when the complaint is none of the file's. */
  readonly explain: (complaint: string) => Refusal | undefined;
  /** When every row is rejected for one of these reasons, the file is something else and nothing of it lands. */
  readonly foreign: { readonly reasons: readonly string[]; readonly refusal: Refusal };
}
