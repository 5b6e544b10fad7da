import type { TestSettings } from "../../runner/project/project.ts";

/** The settings of a data test that says none, but for these. */
export function testSettings(some: Partial<TestSettings> = {}): TestSettings {
  return { severity: "error", warnIf: null, errorIf: null, where: null, limit: null, storeFailures: null, ...some };
}
