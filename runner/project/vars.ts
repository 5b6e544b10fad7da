import type { Diagnostic } from "../diagnostics.ts";
import { unknownName } from "./documentation.ts";
import type { ProjectConfig } from "./project-config.ts";
import type { Scalar, VarValue } from "./project.ts";

/** Vars from the command line (already YAML values) and from the environment (text). Flags beat environment beats file. */
export interface VarOverrides {
  readonly flags?: Readonly<Record<string, VarValue>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The environment name of a var: `timezone` is TONEARM_TIMEZONE. */
export function environmentName(name: string): string {
  return `TONEARM_${name.toUpperCase()}`;
}

/** The vars of `project.yml` with flags and environment laid over them. */
export function resolveVars(
  config: ProjectConfig,
  overrides: VarOverrides,
  diagnostics: Diagnostic[],
): Readonly<Record<string, VarValue>> {
  const flags = overrides.flags ?? {};
  for (const name of Object.keys(flags)) {
    if (!Object.hasOwn(config.vars, name))
      diagnostics.push({ path: "--vars", ...unknownName("var", name, Object.keys(config.vars)) });
  }
  const entries = Object.entries(config.vars).map(([name, value]): [string, VarValue] => {
    const text = overrides.environment?.[environmentName(name)];
    const fromEnvironment = text === undefined ? value : parseLike(value, { text, name }, diagnostics);
    return [name, flags[name] === undefined ? fromEnvironment : flags[name]];
  });
  const vars = Object.fromEntries(entries);
  reportTimezone(vars["timezone"] ?? null, { config, overrides }, diagnostics);
  return vars;
}

/** Whether the IANA time zone is one this machine knows. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function reportTimezone(
  timezone: VarValue,
  from: { readonly config: ProjectConfig; readonly overrides: VarOverrides },
  diagnostics: Diagnostic[],
): void {
  if (timezone === null || (typeof timezone === "string" && isTimezone(timezone))) return;
  const { message, hint } = unknownName("time zone", String(timezone), Intl.supportedValuesOf("timeZone"));
  const remedy = hint ?? "write an IANA name such as Europe/Berlin or America/New_York";
  const name = environmentName("timezone");
  if (from.overrides.flags?.["timezone"] !== undefined) diagnostics.push({ path: "--vars", message, hint: remedy });
  else if (from.overrides.environment?.[name] !== undefined) diagnostics.push({ path: name, message, hint: remedy });
  else diagnostics.push(from.config.document.diagnostic(["vars", "timezone"], message, remedy));
}

function parseLike(
  value: VarValue,
  { text, name }: { readonly text: string; readonly name: string },
  diagnostics: Diagnostic[],
): VarValue {
  if (Array.isArray(value)) return parseList(value, text);
  const parsed = typeof value === "number" ? toNumber(text) : typeof value === "boolean" ? toBoolean(text) : text;
  if (parsed !== undefined) return parsed;
  const wanted = typeof value === "number" ? "a number" : "true or false";
  diagnostics.push({ path: environmentName(name), message: `'${text}' is not ${wanted}` });
  return value;
}

/** Commas part the items; where the file's are all numbers and so are these, they stay numbers. */
function parseList(value: readonly Scalar[], text: string): readonly Scalar[] {
  const parts = text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
  const numbers = parts.flatMap((part) => toNumber(part) ?? []);
  const numeric = value.length > 0 && value.every((item) => typeof item === "number");
  return numeric && numbers.length === parts.length ? numbers : parts;
}

function toNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

function toBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return word === "true" || word === "1" ? true : word === "false" || word === "0" ? false : undefined;
}
