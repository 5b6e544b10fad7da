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

/** Where another text of the same template has what stands at `offset` of one; nothing where it lacks it. */
export function findSamePlace(
  { map, offset }: { readonly map: SourceMap; readonly offset: number },
  other: SourceMap,
): readonly number[] {
  const wanted = findFrames(map, offset);
  const keyOf = (frames: readonly Frame[], { files }: SourceMap): string =>
    frames.map((frame) => `${files[frame.file] ?? ""}:${frame.offset}`).join(" ");
  const last = wanted.at(-1);
  if (last === undefined) return [];
  const key = keyOf(wanted, map);
  return other.segments.flatMap(({ start, frames }, index) => {
    const moved = last.offset - (frames.at(-1)?.offset ?? 0);
    const end = other.segments[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    const isInside = moved >= 0 && start + moved < end;
    return isInside && keyOf(findFrames(other, start + moved), other) === key ? [start + moved] : [];
  });
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
