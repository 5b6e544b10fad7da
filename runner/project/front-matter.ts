import { type Diagnostic, locate } from "../diagnostics.ts";
import { parseYamlDocument, type YamlDocument } from "./yaml-document.ts";

const opening = /^\s*\/\*---[^\S\n]*\n?/;
const closing = "---*/";

export interface FrontMatter {
  /** Undefined when the block is missing, empty or broken (then a diagnostic says so). */
  readonly document: YamlDocument | undefined;
  /** Where the SQL begins in the text. */
  readonly sqlOffset: number;
}

/** The YAML in the leading block comment (`/*---` to `---*` + `/`) of a SQL file. */
export function parseFrontMatter(path: string, text: string, diagnostics: Diagnostic[]): FrontMatter {
  const start = opening.exec(text)?.[0].length;
  if (start === undefined) return { document: undefined, sqlOffset: 0 };
  const end = text.indexOf(closing, start);
  if (end === -1) {
    const place = locate(text, text.indexOf("/*---"));
    diagnostics.push({ path, ...place, message: "the front matter is not closed", hint: `close it with ${closing}` });
    return { document: undefined, sqlOffset: text.length };
  }
  const document = parseYamlDocument({ path, text, start, end }, diagnostics);
  return { document: document?.value === null ? undefined : document, sqlOffset: end + closing.length };
}
