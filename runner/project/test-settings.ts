import * as z from "zod";

import { type Severity, type TestSettings, type Threshold, thresholdOperators } from "./project.ts";

const threshold = z
  .string()
  .regex(/^\s*(?:=|==|!=|<>|<=?|>=?)\s*\d+\s*$/, "a comparison with a number of failures, e.g. '> 10'")
  .optional();

/** The keys by which every data test is run and judged. */
export const testSettingsShape = {
  severity: z.enum(["error", "warn"]).default("error"),
  warn_if: threshold,
  error_if: threshold,
  where: z.string().min(1).optional(),
  limit: z.int().positive().optional(),
  store_failures: z.boolean().optional(),
};

/** The same for a test that is a whole SELECT and says its own conditions. */
export const singularTestShape = {
  severity: testSettingsShape.severity,
  warn_if: threshold,
  error_if: threshold,
  limit: testSettingsShape.limit,
  store_failures: testSettingsShape.store_failures,
};

interface SettingsYaml {
  readonly severity: Severity;
  readonly warn_if?: string | undefined;
  readonly error_if?: string | undefined;
  readonly where?: string | undefined;
  readonly limit?: number | undefined;
  readonly store_failures?: boolean | undefined;
}

/** The settings as YAML gives them. */
export function readTestSettings(yaml: SettingsYaml): TestSettings {
  return {
    severity: yaml.severity,
    warnIf: readThreshold(yaml.warn_if),
    errorIf: readThreshold(yaml.error_if),
    where: yaml.where ?? null,
    limit: yaml.limit ?? null,
    storeFailures: yaml.store_failures ?? null,
  };
}

function readThreshold(text: string | undefined): Threshold | null {
  const found = /^\s*(\D+?)\s*(\d+)/.exec(text ?? "");
  const written = found?.[1]?.replace("==", "=").replace("<>", "!=");
  const operator = thresholdOperators.find((known) => known === written);
  return operator === undefined ? null : { operator, count: Number(found?.[2]) };
}
