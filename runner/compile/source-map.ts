import { type Diagnostic, locate } from "../diagnostics.ts";

/** A place in a template; `file` indexes the map's files. */
export interface Frame {
  readonly file: number;
  readonly offset: number;
}

/** From `start` on, the compiled text comes from `frames`: the analyst's file first, then the macros it called. */
export interface Segment {
  readonly start: number;
  readonly frames: readonly Frame[];
  /** Whether the text stands so in the template (then offsets move along), or was made by a helper. */
  readonly verbatim: boolean;
}

export interface SourceMap {
  readonly files: readonly string[];
  readonly segments: readonly Segment[];
}

/** The places in the templates that made the character at `offset` of the compiled text, the analyst's first. */
export function findFrames(map: SourceMap, offset: number): readonly Frame[] {
  const segment = map.segments.findLast(({ start }) => start <= offset) ?? map.segments[0];
  if (segment === undefined) return [];
  const moved = segment.verbatim ? Math.max(0, offset - segment.start) : 0;
  const last = segment.frames.length - 1;
  return segment.frames.map((frame, index) => (index === last ? { ...frame, offset: frame.offset + moved } : frame));
}

/** A diagnostic at the template's own line for a mistake at `offset` of the compiled text. */
export function diagnoseAt(
  map: SourceMap,
  offset: number,
  problem: { readonly message: string; readonly hint?: string | undefined; readonly text: (path: string) => string },
): Diagnostic {
  const [analyst, ...macros] = findFrames(map, offset).map((frame) => {
    const path = map.files[frame.file] ?? "";
    return { path, ...locate(problem.text(path), frame.offset) };
  });
  const callers = macros.map(({ path, line, column }) => `in macro ${path}:${line}:${column}`);
  const hint = [...callers, problem.hint].filter((part) => part !== undefined).join("\n");
  return { ...(analyst ?? { path: "" }), message: problem.message, ...(hint !== "" && { hint }) };
}
