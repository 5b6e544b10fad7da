import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { DataTestConfig, Documented } from "../project/project.ts";
import { compileCustomTest, type GenericTests } from "./compile-custom-test.ts";
import type { ManifestNode, ManifestTest } from "./manifest.ts";

export interface TestedNode {
  readonly node: ManifestNode;
  readonly documented: Documented;
  /** The file whose lines the tests' places count. */
  readonly path: string;
}

interface Context extends GenericTests {
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly refs: ReadonlyMap<string, string>;
  /** What a FROM clause writes for a node: its relation, or an ephemeral model's SELECT in parentheses. */
  readonly from: (uniqueId: string) => string;
  readonly gate: (reads: readonly string[]) => string;
  readonly diagnostics: Diagnostic[];
}

/** The data tests of all nodes as the manifest has them, each with the node whose transaction runs it. */
export function compileTests(tested: readonly TestedNode[], context: Context): readonly ManifestTest[] {
  const names = new Map<string, number>();
  return tested.flatMap(({ node, documented, path }) => {
    const configs = [...documented.columns.flatMap(({ dataTests }) => dataTests), ...documented.dataTests];
    return configs.flatMap((config) => {
      const other = otherNode(config, path, context);
      const relation = filtered(context.from(node.uniqueId), config);
      const test =
        config.test.kind === "custom"
          ? compileCustomTest(config.test, { path, place: config.place, relation }, context)
          : config.test;
      if (other === null || test === null) return [];
      const named = config.test.kind === "custom" ? (context.generic.get(config.test.name)?.dependsOn ?? []) : [];
      const dependsOn = [...new Set([node.uniqueId, ...(other === undefined ? [] : [other]), ...named])];
      const reads = [...new Set(dependsOn.flatMap((uniqueId) => readsOf(context.nodes[uniqueId])))];
      const base = nameOf(config, node);
      const count = (names.get(base) ?? 0) + 1;
      names.set(base, count);
      const name = count === 1 ? base : `${base}_${count}`;
      return [
        {
          uniqueId: `test.${node.uniqueId.split(".")[1]}.${name}`,
          name,
          test,
          relation,
          toRelation: other === undefined ? null : context.from(other),
          settings: config.settings,
          description: "",
          path,
          place: config.place,
          attachedNode: node.uniqueId,
          dependsOn,
          reads,
          gate: context.gate(reads),
        },
      ];
    });
  });
}

/** The rows that a test looks at, as a FROM clause has them. */
function filtered(from: string, { settings }: DataTestConfig): string {
  return settings.where === null ? from : `(select * from ${from} where ${settings.where})`;
}

function readsOf(node: ManifestNode | undefined): readonly string[] {
  if (node === undefined) return [];
  return node.resourceType === "model" && node.materialized === "ephemeral" ? node.reads : [node.uniqueId];
}

/** The node `relationships` looks into; undefined for the other tests, null when it is not there. */
function otherNode({ test, place }: DataTestConfig, path: string, context: Context): string | null | undefined {
  if (test.kind !== "relationships") return undefined;
  const uniqueId = context.refs.get(test.to);
  if (uniqueId !== undefined) return uniqueId;
  const hint = didYouMean(test.to, context.refs.keys());
  const message = `relationships: '${test.to}' names no model or seed`;
  context.diagnostics.push({ path, ...place, message, ...(hint !== undefined && { hint }) });
  return null;
}

function nameOf({ test }: DataTestConfig, node: ManifestNode): string {
  const columns = "column" in test ? [test.column ?? []].flat() : "columns" in test ? test.columns : [];
  return [test.kind === "custom" ? test.name : test.kind, node.name, ...columns].join("_");
}
