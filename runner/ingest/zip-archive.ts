import { pipeline, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { constants, crc32, createInflateRaw, inflateRawSync } from "node:zlib";

import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from "yauzl";

import type { Refusal } from "./source-reader.ts";

const pieceSize = 256 * 1024;
/** An export holds some hundred megabytes and packs to a tenth; what is beyond these is made to fill a disk. */
const largestArchive = 20e9;
const largestRatio = 200;
/** Below this a file does no harm however well it packs. */
const harmlessBytes = 1e6;

/** A file in a zip; its bytes come inflated, their number and checksum compared with what the archive says. */
export interface ZipMember {
  readonly name: string;
  /** Whether the name points out of the folder the archive would be unpacked in. */
  readonly isUnsafe: boolean;
  readonly refusal: Refusal | undefined;
  readonly open: () => AsyncIterable<Buffer>;
  /** What comes of the first so many packed bytes. */
  readonly head: (packedBytes: number) => Promise<Buffer>;
}

/** The files of a zip, one after the other; each can be opened only until the next is asked for. */
export async function* zipMembers(path: string): AsyncGenerator<ZipMember> {
  // Names are decoded here, because yauzl would give up the whole archive at the first unsafe one.
  const archive = await openPromise(path, { autoClose: false, decodeStrings: false });
  try {
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) entries.push(entry);
    const isTooLarge = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0) > largestArchive;
    for (const entry of entries) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith("/")) continue;
      const isUnsafe = validateFileName(name) !== null;
      const refusal = isTooLarge ? tooLarge : refuse(entry);
      const head = (bytes: number): Promise<Buffer> => beginning(archive, entry, bytes);
      yield { name, isUnsafe, refusal, open: () => content(archive, entry), head };
    }
  } finally {
    archive.close();
  }
}

const tooLarge: Refusal = {
  message: "is in an archive that says it holds more than 20 GB, which no export does, so it is not unpacked",
  hint: "Download yours again from the link in Spotify's mail; or unpack it yourself and give tonearm the folder.",
};

function refuse(entry: Entry): Refusal | undefined {
  if (isLink(entry)) {
    return {
      message: "is a link, not a file",
      hint: "Give tonearm the archive as Spotify sent it, or the file itself.",
    };
  }
  if (entry.isEncrypted()) {
    return { message: "is encrypted", hint: "Unpack the archive with its password and give tonearm the folder." };
  }
  if (entry.uncompressedSize > harmlessBytes && entry.uncompressedSize > largestRatio * entry.compressedSize) {
    return {
      message: `would grow more than ${largestRatio} times when unpacked, as no export does, so it is not unpacked`,
      hint: tooLarge.hint,
    };
  }
  if (entry.canDecodeFileData()) return undefined;
  return {
    message: `is packed by a method that is not read here (number ${entry.compressionMethod})`,
    hint: "Unpack the archive and give tonearm the folder.",
  };
}

/** The upper half of the attributes is a Unix mode in archives that were made on one. */
function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

/** Read to the end of a range: yauzl cannot stand streams that are given up half-way. */
async function beginning(archive: ZipFile, entry: Entry, bytes: number): Promise<Buffer> {
  const range = { decodeFileData: false, start: 0, end: Math.min(bytes, entry.compressedSize) };
  const packed = await buffer(await archive.openReadStreamPromise(entry, range));
  if (entry.compressionMethod === 0) return packed;
  return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
}

async function* content(archive: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let bytes = 0;
  let checksum = 0;
  for await (const chunk of await openContent(archive, entry)) {
    const piece: Buffer = chunk;
    bytes += piece.length;
    if (bytes > entry.uncompressedSize) throw new Error("There are more bytes than the archive says.");
    checksum = crc32(piece, checksum);
    yield piece;
  }
  if (bytes < entry.uncompressedSize) throw new Error("There are not enough bytes.");
  if (checksum !== entry.crc32) throw new Error("The checksum is not the one in the archive.");
}

/** Inflated here, because yauzl's own 16 KB pieces take twice the time. */
async function openContent(archive: ZipFile, entry: Entry): Promise<Readable> {
  if (entry.compressionMethod === 0) return archive.openReadStreamPromise(entry);
  const packed = await archive.openReadStreamPromise(entry, { decodeFileData: false });
  const unpacked = createInflateRaw({ chunkSize: pieceSize });
  // What goes wrong destroys the stream that is read, which throws it there.
  pipeline(packed, unpacked, () => undefined);
  return unpacked;
}
