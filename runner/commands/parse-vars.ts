import { parse } from "yaml";
import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import type { Vars } from "./effects.ts";

const varsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]),
);

/** What `--vars` sets, from its YAML. */
export function parseVars(text: string): Vars {
  try {
    return varsSchema.parse(parse(text) ?? {});
  } catch (error) {
    const hint = "write YAML with the vars' names as keys, e.g. --vars '{min_ms_played: 0, timezone: UTC}'";
    throw new ProjectError([{ path: "--vars", message: `'${text}' cannot be read`, hint }], 2, { cause: error });
  }
}
