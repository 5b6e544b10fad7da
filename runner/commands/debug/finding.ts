import { formatDiagnostic, ProjectError } from "../../diagnostics.ts";
import type { LoadedProject } from "../project-options.ts";
import type { Effects } from "../effects.ts";

/** What a check saw: all well, not set up, worth a look, or to be mended. */
export interface Finding {
  readonly level: "ok" | "off" | "look" | "wrong";
  readonly text: string;
  readonly hint?: string | undefined;
}

/** What checks look at. */
export interface CheckContext {
  readonly loaded: LoadedProject;
  readonly effects: Effects;
  /** Whether test messages may be sent. */
  readonly send: boolean;
}

export type Check = (context: CheckContext) => Promise<readonly Finding[]>;

export const ok = (text: string): Finding => ({ level: "ok", text });
export const off = (text: string): Finding => ({ level: "off", text });
export const look = (text: string, hint?: string): Finding => ({ level: "look", text, hint });
export const wrong = (text: string, hint?: string): Finding => ({ level: "wrong", text, hint });

/** What went wrong, as findings: a user's mistake with its remedy, anything else in its own words. */
export function findingsOf(error: unknown): readonly Finding[] {
  if (!(error instanceof ProjectError)) return [wrong(error instanceof Error ? error.message : String(error))];
  return error.diagnostics.map(({ hint, ...diagnostic }) => wrong(formatDiagnostic(diagnostic), hint));
}
