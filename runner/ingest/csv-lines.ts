import { isUtf8 } from "node:buffer";

import type { Rejection } from "./source-reader.ts";

/** What came of a CSV file's rows; the header is without a byte order mark. */
export interface CsvLinesResult {
  readonly rest: Buffer;
  readonly header: string;
  readonly rows: number;
  readonly rejections: readonly Rejection[];
}

interface CsvRecord {
  /** Where the next record starts. */
  readonly next: number;
  readonly lines: number;
  readonly fields: number;
  readonly damage?: string;
}

interface Scan {
  pending: Buffer;
  line: number;
  header: string;
  columns: number;
  rows: number;
  readonly rejections: Map<string, { reason: string; rows: number; firstRow: number }>;
}

const [comma, quote, newline, carriageReturn] = [0x2c, 0x22, 0x0a, 0x0d] as const;
const notClosed = "the row has a quote that is not closed";
/** A row this long is a quote that never closes. */
const longestRecord = 1024 * 1024;

/**
 * Puts each row's line number in front of it, drops the header, and leaves out rows whose quotes or fields do not add up,
 * so that a reader that knows no lines can still say where a row stood. After such a row it goes on with the next line.
 */
export function csvLines(): { write(chunk: Buffer): Buffer; finish(): CsvLinesResult } {
  const scan: Scan = { pending: Buffer.alloc(0), line: 1, header: "", columns: 0, rows: 0, rejections: new Map() };
  return {
    write(chunk) {
      scan.pending = scan.pending.length === 0 ? chunk : Buffer.concat([scan.pending, chunk]);
      return takeRecords(scan, false);
    },
    finish() {
      const isOpen = scan.pending.length > 0 && scan.pending.at(-1) !== newline;
      if (isOpen) scan.pending = Buffer.concat([scan.pending, Buffer.from("\n")]);
      const rest = takeRecords(scan, true);
      return { rest, header: scan.header, rows: scan.rows, rejections: [...scan.rejections.values()] };
    },
  };
}

function takeRecords(scan: Scan, isLast: boolean): Buffer {
  const data = scan.pending;
  const pieces: Buffer[] = [];
  let start = 0;
  while (start < data.length) {
    const isOverdue = isLast || data.length - start > longestRecord;
    const record = readRecord(data, start) ?? (isOverdue ? damagedLine(data, start, notClosed) : undefined);
    if (record === undefined) break;
    pieces.push(...takeRecord(scan, record, data.subarray(start, record.next)));
    scan.line += record.lines;
    start = record.next;
  }
  scan.pending = data.subarray(start);
  return Buffer.concat(pieces);
}

/** The bytes to stage for a record; none for the header, a blank line, and a row that is left out. */
function takeRecord(scan: Scan, record: CsvRecord, bytes: Buffer): readonly Buffer[] {
  const hasReturn = bytes.at(-2) === carriageReturn;
  if (bytes.length === (hasReturn ? 2 : 1)) return [];
  if (scan.columns === 0) {
    scan.columns = record.fields;
    scan.header = bytes
      .toString("utf8")
      .trimEnd()
      .replace(/^\uFEFF/, "");
    return [];
  }
  scan.rows += 1;
  const reason = record.damage ?? unreadable(record, bytes, scan.columns);
  if (reason !== undefined) {
    const rejection = scan.rejections.get(reason) ?? { reason, rows: 0, firstRow: scan.line };
    rejection.rows += 1;
    scan.rejections.set(reason, rejection);
    return [];
  }
  const number = Buffer.from(`${scan.line},`);
  return hasReturn ? [number, bytes.subarray(0, -2), Buffer.from("\n")] : [number, bytes];
}

function unreadable(record: CsvRecord, bytes: Buffer, columns: number): string | undefined {
  if (record.fields < columns) return "the row has fewer fields than the header";
  if (record.fields > columns) return "the row has more fields than the header";
  return isUtf8(bytes) ? undefined : "the row is not UTF-8 text";
}

/** The record that starts there; undefined while its end has not come. */
function readRecord(data: Buffer, start: number): CsvRecord | undefined {
  let fields = 1;
  let lines = 1;
  for (let at = start; ; at += 1, fields += 1) {
    if (data[at] === quote) {
      const close = closingQuote(data, at + 1);
      if (close === undefined) return undefined;
      lines += newlinesBetween(data, at, close);
      at = close + 1;
    } else {
      while (at < data.length && !endsPlainField(data[at])) at += 1;
    }
    const isReturn = data[at] === carriageReturn;
    if (isReturn) at += 1;
    if (at >= data.length) return undefined;
    if (data[at] === newline) return { next: at + 1, lines, fields };
    if (isReturn || data[at] !== comma) return damagedLine(data, start, "the row's quotes do not add up");
  }
}

function endsPlainField(byte: number | undefined): boolean {
  return byte === comma || byte === newline || byte === quote || byte === carriageReturn;
}

function damagedLine(data: Buffer, start: number, damage: string): CsvRecord | undefined {
  const end = data.indexOf(newline, start);
  return end === -1 ? undefined : { next: end + 1, lines: 1, fields: 0, damage };
}

/** Quotes inside a quoted field are doubled. A quote at the very end may be the first of two: undecided. */
function closingQuote(data: Buffer, from: number): number | undefined {
  for (let at = data.indexOf(quote, from); at !== -1; at = data.indexOf(quote, at + 2)) {
    if (at + 1 === data.length) return undefined;
    if (data[at + 1] !== quote) return at;
  }
  return undefined;
}

function newlinesBetween(data: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = data.indexOf(newline, from); at !== -1 && at < to; at = data.indexOf(newline, at + 1)) count += 1;
  return count;
}
