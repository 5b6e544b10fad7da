import { getAFreshCopy, getAnExport } from "./remedies.ts";
import type { Intake, IntakeResult, Refusal } from "./source-reader.ts";

const spaces = new Set([0x20, 0x09, 0x0a, 0x0d]);
const headLength = 64;
const putInBrackets =
  "Give tonearm the file as Spotify sent it; or make a list of it, for instance: jq --slurp . plays.ndjson > Streaming_History_Audio.json";

/**
 * Passes a file's bytes on and watches that they look like one JSON array: DuckDB would take an empty file for an
 * empty array, and an array that breaks off after a comma for a whole one.
 */
export function watchArray(select: IntakeResult["select"]): Intake {
  let head = Buffer.alloc(0);
  let last: number | undefined;
  return {
    write(chunk) {
      if (head.length < headLength) head = Buffer.concat([head, chunk.subarray(0, headLength - head.length)]);
      last = chunk.findLast((byte) => !spaces.has(byte)) ?? last;
      return chunk;
    },
    finish() {
      const refusal = refuse(head, last);
      return { rest: Buffer.alloc(0), rejections: [], select, ...(refusal !== undefined && { refusal }) };
    },
  };
}

function refuse(head: Buffer, last: number | undefined): Refusal | undefined {
  if (last === undefined) return { message: "is empty", hint: getAFreshCopy };
  if (/^(fffe|feff)/.test(head.toString("hex"))) {
    return {
      message: "is UTF-16 text; an export is UTF-8",
      hint: "Save it as UTF-8, or give the file as Spotify sent it.",
    };
  }
  const first = head
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart()
    .at(0);
  if (first === "{") {
    return {
      message: "starts with '{': it is one play a line (NDJSON), not the list of plays that Spotify sends",
      hint: putInBrackets,
    };
  }
  if (first !== undefined && first !== "[") {
    return { message: `starts with '${first}', not with the '[' of a list of plays`, hint: getAnExport };
  }
  if (last === "]".charCodeAt(0)) return undefined;
  return { message: "is cut short: its list of plays has no end", hint: getAFreshCopy };
}
