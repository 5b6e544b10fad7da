import { createHash } from "node:crypto";

/** The namespace of all identities: one of its own, drawn once. */
const namespace = Buffer.from("5d2f7f0c6f0b4a0e9a5bb1d3c1f7a642", "hex");

/** A UUIDv5 (RFC 9562): the same name gives the same identity, so that a second import changes instead of adding. */
export function uuidOf(name: string): string {
  const bytes = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
