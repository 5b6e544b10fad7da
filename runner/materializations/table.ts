import type { ModelNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";

/** A table rebuilt whole. */
export function tableStatements({ relation, compiledCode }: ModelNode): readonly Statement[] {
  const head = `create or replace table ${relation} as\n`;
  return [{ sql: head + compiledCode, codeOffset: head.length }];
}
