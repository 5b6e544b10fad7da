import { isUtf8 } from "node:buffer";

const comma = 0x2c;
const escape = /\\(?:u[0-9a-fA-F]{4}|[^])/g;
const highSurrogate = /^\\u[dD][89abAB]/;
const lowSurrogate = /^\\u[dD][c-fC-F]/;

/**
 * Puts U+FFFD in place of bytes that are no UTF-8 and of halves of surrogate pairs, on a JSON file's way to its staged
 * copy: one damaged letter in a title should not keep a whole file from landing. Counts them.
 */
export function mendText(): {
  readonly write: (chunk: Buffer) => Buffer;
  readonly finish: () => { readonly rest: Buffer; readonly mended: number };
} {
  let pending: Buffer = Buffer.alloc(0);
  let mended = 0;
  const mend = (bytes: Buffer): Buffer => {
    const piece = mendPiece(bytes);
    mended += piece.count;
    return piece.bytes;
  };
  return {
    write(chunk) {
      const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      // No letter and no escape reaches over a comma.
      const end = bytes.lastIndexOf(comma) + 1;
      pending = bytes.subarray(end);
      return mend(bytes.subarray(0, end));
    },
    finish: () => ({ rest: mend(pending), mended }),
  };
}

function mendPiece(bytes: Buffer): { readonly bytes: Buffer; readonly count: number } {
  const isWhole = isUtf8(bytes);
  const mayBeHalved = bytes.includes("\\ud") || bytes.includes("\\uD");
  if (isWhole && !mayBeHalved) return { bytes, count: 0 };
  let count = 0;
  let text = bytes.toString("utf8");
  if (!isWhole) count += text.split("\u{FFFD}").length - 1;
  if (mayBeHalved) {
    const halves = halvedPairs(text);
    count += halves.length;
    for (const at of halves.toReversed()) text = `${text.slice(0, at)}\\ufffd${text.slice(at + 6)}`;
  }
  return { bytes: count === 0 ? bytes : Buffer.from(text), count };
}

/** Where escapes stand that are one half of a surrogate pair without the other. */
function halvedPairs(text: string): readonly number[] {
  const halves: number[] = [];
  let open: number | undefined;
  for (const { 0: found, index } of text.matchAll(escape)) {
    const follows = open !== undefined && index === open + 6;
    if (lowSurrogate.test(found)) {
      if (!follows) halves.push(index);
      else open = undefined;
      if (follows) continue;
    }
    if (open !== undefined) halves.push(open);
    open = highSurrogate.test(found) ? index : undefined;
  }
  if (open !== undefined) halves.push(open);
  return halves.toSorted((left, right) => left - right);
}
