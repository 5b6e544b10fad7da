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
  /** What the user should know of a file that lands all the same. */
  readonly note?: string;
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

/** The kinds of files that land. */
export type SourceKind = "extended" | "account" | "catalogue";

/** What a file's name alone says: a likely one is refused when it holds something else, a possible one left alone. */
export type Claim = "likely" | "possible" | "no";

/** How one kind of source is told from others and read. */
export interface SourceReader {
  readonly kind: SourceKind;
  readonly table: string;
  /** Column that says where in its file a row stood. */
  readonly position: string;
  /** What a base name, perhaps of a file that the user gave by itself, says; a file with no claim is never opened. */
  readonly claims: (name: string, wasNamed: boolean) => Claim;
  /** Whether a file that begins so is this source's. */
  readonly recognisesHead: (head: string) => boolean;
  /** The listener's user name at the beginning of a file, where the source tells it. */
  readonly userNameIn: (head: string) => string | undefined;
  /** Whether `select` gives a `user_name` too, which is compared and never landed. */
  readonly hasUserNames: boolean;
  readonly intake: () => Intake;
  /** What the database's complaint about the staged copy means; undefined when the complaint is none of the file's. */
  readonly explain: (complaint: string) => Refusal | undefined;
  /** When every row is rejected for one of these reasons, the file is something else and nothing of it lands. */
  readonly foreign: { readonly reasons: readonly string[]; readonly refusal: Refusal };
}
