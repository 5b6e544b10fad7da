import type { Frame, Segment, SourceMap } from "./source-map.ts";

export interface RenderedTemplate {
  readonly sql: string;
  readonly map: SourceMap;
}

// Private-use characters; between them stands where the text that follows was written.
const open = "\uE000";
const close = "\uE001";
const marker = new RegExp(`${open}([^${close}]*)${close}`, "g");

/** What stands in a template before a piece of it: `c` a text of it, `m` what a helper made, `>` the begin and `<` the end of a macro. */
export function marking(kind: "c" | "m" | ">" | "<", offset: number, path: string): string {
  return `${open}${kind}:${offset}:${path}${close}`;
}

/** A rendered text as what a place of another file made: that place is where the analyst wrote it. */
export function markCall(marked: string, { path, offset }: { readonly path: string; readonly offset: number }): string {
  return `${marking(">", offset, path)}${marked}${marking("<", 0, "")}`;
}

/** Takes the markers out of a rendered text and makes the map of them; surrounding white space goes too. */
export function stripMarkers(marked: string): RenderedTemplate {
  const files: string[] = [];
  const segments: Segment[] = [];
  const callers: Frame[] = [];
  let text = "";
  let position = 0;
  for (const match of marked.matchAll(marker)) {
    text += marked.slice(position, match.index);
    position = match.index + match[0].length;
    const { kind, offset, path } = splitMarker(match[1] ?? "");
    if (kind === "<") {
      callers.pop();
      continue;
    }
    const frame = { file: fileIndex(files, path), offset };
    if (kind === ">") callers.push(frame);
    else segments.push({ start: text.length, frames: [...callers, frame], verbatim: kind === "c" });
  }
  text += marked.slice(position);
  const leading = text.length - text.trimStart().length;
  return { sql: text.trim(), map: { files, segments: moveSegments(segments, leading) } };
}

function splitMarker(text: string): { kind: string; offset: number; path: string } {
  const [kind = "", offset = ""] = text.split(":", 2);
  return { kind, offset: Number(offset), path: text.slice(kind.length + offset.length + 2) };
}

/** Segments after `leading` characters were cut from the front, without those that produced nothing. */
function moveSegments(segments: readonly Segment[], leading: number): Segment[] {
  return segments.flatMap((segment, index) => {
    const end = segments[index + 1]?.start ?? Infinity;
    if (end <= Math.max(leading, segment.start)) return [];
    const cut = Math.max(0, leading - segment.start);
    const last = segment.frames.length - 1;
    const frames = segment.frames.map((frame, at) =>
      at === last && segment.verbatim ? { ...frame, offset: frame.offset + cut } : frame,
    );
    return [{ ...segment, start: Math.max(0, segment.start - leading), frames }];
  });
}

function fileIndex(files: string[], path: string): number {
  const index = files.indexOf(path);
  return index === -1 ? files.push(path) - 1 : index;
}
