import { pipeline, type Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";

import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from "yauzl";

import type { Refusal } from "./source-reader.ts";

const pieceSize = 256 * 1024;

/** A file in a zip; its bytes come inflated, their number and checksum compared with what the archive says. */
export interface ZipMember {
  readonly name: string;
  /** Whether the name points out of the folder the archive would be unpacked in. */
  readonly isUnsafe: boolean;
  readonly refusal: Refusal | undefined;
  readonly open: () => AsyncIterable<Buffer>;
}

/** The files of a zip, one after the other; each can be opened only until the next is asked for. */
export async function* zipMembers(path: string): AsyncGenerator<ZipMember> {
  // Names are decoded here, because yauzl would give up the whole archive at the first unsafe one.
  const archive = await openPromise(path, { autoClose: false, decodeStrings: false });
  try {
    for await (const entry of archive.eachEntry()) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith("/")) continue;
      const isUnsafe = validateFileName(name) !== null;
      yield { name, isUnsafe, refusal: refuse(entry), open: () => content(archive, entry) };
    }
  } finally {
    archive.close();
  }
}

function refuse(entry: Entry): Refusal | undefined {
  if (entry.isEncrypted()) {
    return { message: "is encrypted", hint: "Unpack the archive with its password and give tonearm the folder." };
  }
  if (entry.canDecodeFileData()) return undefined;
  return {
    message: `is packed by a method that is not read here (number ${entry.compressionMethod})`,
    hint: "Unpack the archive and give tonearm the folder.",
  };
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
