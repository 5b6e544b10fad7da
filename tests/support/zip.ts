import { crc32, deflateRawSync } from "node:zlib";

/** A file to be put into an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** Kept as it is instead of deflated. */
  readonly stored?: boolean;
  /** Marked as encrypted; the bytes are not. */
  readonly encrypted?: boolean;
  /** Unix mode that the archive gives it. */
  readonly mode?: number;
  /** What the archive says of the entry, where that is to be false. */
  readonly says?: { readonly checksum?: number; readonly size?: number };
}

/** The bytes of a zip archive with these entries. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content);
    const data = entry.stored === true ? content : deflateRawSync(content);
    const shared = sharedHeader(entry, { content, packedSize: data.length, nameLength: name.length });
    const local = Buffer.concat([uint32(0x04034b50), shared, name, data]);
    files.push(local);
    // Comment length, disk, internal attributes, external attributes with the mode in their upper half.
    const attributes = Buffer.alloc(10);
    attributes.writeUInt16LE(entry.mode ?? 0, 8);
    directory.push(Buffer.concat([uint32(0x02014b50), uint16(20), shared, attributes, uint32(offset), name]));
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const counts = Buffer.concat([uint16(entries.length), uint16(entries.length)]);
  const end = Buffer.concat([uint32(0x06054b50), uint32(0), counts, uint32(listing.length), uint32(offset), uint16(0)]);
  return Buffer.concat([...files, listing, end]);
}

/** The fields that the local header and the directory have in common, in the same order. */
function sharedHeader(
  entry: ZipEntry,
  { content, packedSize, nameLength }: { content: Buffer; packedSize: number; nameLength: number },
): Buffer {
  const isUtf8 = 0x800;
  return Buffer.concat([
    uint16(20),
    uint16(isUtf8 + (entry.encrypted === true ? 1 : 0)),
    uint16(entry.stored === true ? 0 : 8),
    uint16(0),
    uint16(0x21),
    uint32(entry.says?.checksum ?? crc32(content)),
    uint32(packedSize),
    uint32(entry.says?.size ?? content.length),
    uint16(nameLength),
    uint16(0),
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
