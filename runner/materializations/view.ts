import type { ModelNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";

/** A view. */
export function viewStatements({ relation, compiledCode }: ModelNode): readonly Statement[] {
  const head = `create or replace view ${relation} as\n`;
  return [{ sql: head + compiledCode, codeOffset: head.length }];
}
