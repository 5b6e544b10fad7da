import type { ModelNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";

/** A table rebuilt whole; where a column is given, its rows lie in the order of it. */
export function tableStatements({ relation, compiledCode }: ModelNode, orderBy?: string): readonly Statement[] {
  const create = `create or replace table ${relation} as\n`;
  const [head, tail] = orderBy === undefined ? [create, ""] : [`${create}from (\n`, `\n)\norder by ${orderBy}`];
  return [{ sql: head + compiledCode + tail, codeOffset: head.length }];
}
