import { createHash } from "node:crypto";

import { describeLimits } from "./describe-limits.ts";
import type { TrainedModel, VersionRecord } from "./model-version.ts";

/** What a version tells of itself, before it is sealed. */
export type VersionTold = Omit<VersionRecord, "format" | "artefact" | "limits">;

/** What only models have that tell the label of a row. */
export const nothingOfRows = {
  categories: {},
  classes: [],
  confusion: [],
  calibration: [],
  halfWidth: null,
  importance: [],
} as const;

/** A version with its limits in words and the digest of its models, which are the JSON text of an artefact. */
export function sealVersion(told: VersionTold, artefact: string): TrainedModel {
  const record = {
    ...told,
    format: 1,
    limits: describeLimits(told),
    artefact: {
      sha256: createHash("sha256").update(artefact).digest("hex"),
      bytes: Buffer.byteLength(artefact),
    },
  } as const;
  return { record, artefact };
}
