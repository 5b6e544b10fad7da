import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { ProjectError } from "../diagnostics.ts";
import type { FailedRun } from "../execution/locate-failure.ts";
import { parseModelFile } from "../project/model-file.ts";
import type { Project } from "../project/project.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { Row } from "../warehouse/cells.ts";

const name = "tonearm_inline";

/** A project with one model more: the SQL of a command line, written as models are, under the path `--inline`. */
export function withInlineModel(project: Project, text: string): Project {
  const folders = { [name]: { materialized: "ephemeral" as const, schema: "main", tags: [] } };
  // Where a path gives folder and name, this one's is what messages say.
  const model = parseModelFile({ path: `models/${name}/${name}.sql`, text }, folders, []);
  return { ...project, models: [...project.models, { ...model, path: "--inline" }] };
}

/** The inline model of such a project. */
export function inlineModel({ project, nodes }: Manifest): ModelNode {
  const node = nodes[`model.${project}.${name}`];
  if (node?.resourceType !== "model") throw new Error("The manifest has no inline model.");
  return node;
}

/** Rows of an inline model, at most `limit` (-1: all); what fails is told at its line. */
export async function queryInline(
  connection: Connection,
  { manifest, readText, limit }: FailedRun & { readonly limit: number },
): Promise<readonly Row[]> {
  const { locateStatement } = await import("../execution/locate-failure.ts");
  const node = inlineModel(manifest);
  await connection.run("set errors_as_json = true");
  const head = "select * from (\n";
  const sql = `${head}${node.compiledCode}\n)${limit === -1 ? "" : ` limit ${limit}`}`;
  try {
    return await connection.query(sql);
  } catch (error) {
    const failed = { node, statement: { sql, codeOffset: head.length }, incremental: false, error };
    const found = await locateStatement(connection, failed, { manifest, readText });
    throw new ProjectError([found], 1, { cause: error });
  }
}
