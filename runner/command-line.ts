import { parseArgs, type ParseArgsConfig } from "node:util";

import * as z from "zod";

import { didYouMean, ProjectError } from "./diagnostics.ts";

/** The options of a command by their names in code; `paths` are what stands without a name. */
export type OptionShape = Readonly<Record<string, z.ZodType>>;

/** How a command says what it has to say. */
const logFormats = ["text", "json"] as const;

/** Takes `--log-format` out of a command line: it belongs to all commands. */
export function takeLogFormat(argv: readonly string[]): {
  readonly format: (typeof logFormats)[number];
  readonly args: readonly string[];
} {
  const at = argv.findIndex((argument) => /^--log-format(?:=|$)/.test(argument));
  const found = argv[at];
  if (found === undefined) return { format: "text", args: argv };
  const isJoined = found.includes("=");
  const value = isJoined ? found.slice(found.indexOf("=") + 1) : argv[at + 1];
  const format = logFormats.find((known) => known === value);
  if (format === undefined) {
    throw new ProjectError([{ path: "--log-format", message: `'${value ?? ""}' is no format`, hint: "text or json" }]);
  }
  return { format, args: argv.toSpliced(at, isJoined ? 1 : 2) };
}

/** The named values of a command line; a mistake in it is a ProjectError. */
export function parseCommandLine(shape: OptionShape, args: readonly string[]): Readonly<Record<string, unknown>> {
  const config: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [key, schema] of Object.entries(shape)) {
    if (key === "paths") continue;
    const inner = unwrap(schema);
    config[kebab(key)] =
      inner instanceof z.ZodBoolean ? { type: "boolean" } : { type: "string", multiple: inner instanceof z.ZodArray };
  }
  try {
    const allowPositionals = "paths" in shape;
    const { values, positionals } = parseArgs({ args: [...args], options: config, allowPositionals });
    const named = Object.entries(values).map(([key, value]) => [camel(key), value]);
    return { ...Object.fromEntries(named), ...(allowPositionals && { paths: positionals }) };
  } catch (error) {
    throw new ProjectError([explainArguments(error, Object.keys(config))], 2, { cause: error });
  }
}

/** The values as a command's schema has them. */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, values: unknown): z.infer<Schema> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new ProjectError(
    result.error.issues.map(({ path, message }) => ({ path: `--${kebab(String(path[0] ?? ""))}`, message })),
  );
}

/** What a command does, and each of its options. */
export function renderCommandHelp(name: string, summary: string, shape: OptionShape): string {
  const lines = Object.entries(shape).map(([key, schema]) => {
    const flag = key === "paths" ? "<path>…" : `--${kebab(key)}`;
    return `  ${flag.padEnd(16)}  ${schema.description ?? unwrap(schema).description ?? ""}`;
  });
  return [`tonearm ${name}: ${summary}`, "", ...lines].join("\n");
}

function explainArguments(error: unknown, known: readonly string[]): { path: string; message: string; hint: string } {
  const message = error instanceof Error ? error.message : String(error);
  const option = /'--?([^']+)'/.exec(message)?.[1];
  const near = option === undefined ? undefined : didYouMean(option, known);
  const options = known.map((name) => `--${name}`).join(", ");
  return { path: "command line", message: message.split(". ")[0] ?? message, hint: near ?? `options: ${options}` };
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)) return schema;
  const inner: unknown = schema.def.innerType;
  return inner instanceof z.ZodType ? inner : schema;
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
