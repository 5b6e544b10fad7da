import { createHash } from "node:crypto";

import type { TableKey } from "./export-relation.ts";
import type { TableName } from "./target-shape.ts";

const endings = { primary: "pk", unique: "uk", index: "ix" } as const;

/** The name of a key: readable, within Postgres' 63 bytes, and telling ours from those that people made. */
export function keyName({ name }: TableName, { kind, columns }: TableKey): string {
  const text = JSON.stringify([name, kind, columns]);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const start = Buffer.from(name).subarray(0, 40).toString().replaceAll("\uFFFD", "");
  return `${start}_${endings[kind]}_${hash}`;
}

/** Whether an index is one that an export made. */
export function isOurKey(indexName: string): boolean {
  return /_(pk|uk|ix)_[0-9a-f]{10}$/.test(indexName);
}
