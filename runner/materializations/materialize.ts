import type { ManifestNode, ModelNode, SeedNode, SourceNode } from "../compile/manifest.ts";
import type { Materialization } from "../project/project.ts";
import { type ChangedPartitions, incrementalStatements, partitionedStatements } from "./incremental.ts";
import { seedStatements } from "./seed.ts";
import { sourceStatements } from "./source.ts";
import { tableStatements } from "./table.ts";
import { viewStatements } from "./view.ts";

/** One SQL statement; `codeOffset` is where the node's own compiled code begins in it, null when it holds none. */
export interface Statement {
  readonly sql: string;
  readonly codeOffset: number | null;
}

/** What stands under the node's name before it is built. */
export type ExistingRelation = "table" | "view" | null;

export interface MaterializeContext {
  readonly existing: ExistingRelation;
  /** Build incrementally into the existing table. */
  readonly incremental: boolean;
  /** Of a partitioned model that is built incrementally: what is built anew. */
  readonly changedPartitions: ChangedPartitions | null;
  /** Absolute path of a seed's CSV. */
  readonly seedPath: string;
  /** Absolute paths of a source's batches. */
  readonly batchPaths: readonly string[];
}

type Kind = "source" | "seed" | Exclude<Materialization, "ephemeral">;

const kinds = {
  source: (node, context) => (node.resourceType === "source" ? sourceStatements(node, context.batchPaths) : []),
  seed: (node, context) => (node.resourceType === "seed" ? seedStatements(node, context.seedPath) : []),
  view: (node) => (node.resourceType === "model" ? viewStatements(node) : []),
  table: (node) => (node.resourceType === "model" ? tableStatements(node) : []),
  incremental: (node, context) =>
    node.resourceType === "model" ? incrementalStatements(node, context.incremental) : [],
  partitioned: (node, context) =>
    node.resourceType === "model" ? partitionedStatements(node, context.changedPartitions) : [],
  // Its rows are the training set; fitting is for the train command.
  trained_model: (node) => (node.resourceType === "model" ? tableStatements(node) : []),
  // Its rows are what the champion then scores, in the same transaction.
  predictions: (node) => (node.resourceType === "model" ? tableStatements(node) : []),
} satisfies Record<Kind, (node: ManifestNode, context: MaterializeContext) => readonly Statement[]>;

/**
 * The statements that build a node under its final name, to be run in one transaction; none for an ephemeral model. Of
 * an incremental build they make the incoming rows, which `mergeIncoming` then brings into the table.
 */
export function materialize(node: ManifestNode, context: MaterializeContext): readonly Statement[] {
  const kind = kindOf(node);
  if (kind === "ephemeral") return [];
  const drop =
    context.existing === null || context.existing === relationKindOf(node)
      ? []
      : [{ sql: `drop ${context.existing} ${node.relation}`, codeOffset: null }];
  return [...drop, ...kinds[kind](node, context)];
}

/** Comments on the relation and its columns; `existing` columns only, so that a misspelt one breaks nothing here. A new relation has none to take back. */
export function commentStatements(
  node: ManifestNode,
  relation: { readonly kind: "table" | "view"; readonly columns: readonly string[]; readonly isNew: boolean },
): readonly string[] {
  const described = node.columns.filter(({ name }) => relation.columns.includes(name));
  const comments = [
    { on: `${relation.kind} ${node.relation}`, text: node.description },
    ...described.map(({ name, description }) => ({ on: `column ${node.relation}."${name}"`, text: description })),
  ];
  return comments.flatMap(({ on, text }) => {
    if (text === "") return relation.isNew ? [] : [`comment on ${on} is null`];
    return [`comment on ${on} is '${text.replaceAll("'", "''")}'`];
  });
}

/** What stands under the name of a node that is not ephemeral once it is built. */
export function relationKindOf(node: ManifestNode): NonNullable<ExistingRelation> {
  const kind = kindOf(node);
  return kind === "view" || kind === "source" ? "view" : "table";
}

/** How a node is kept: `source` and `seed` beside the materializations of models. */
export function kindOf(node: SourceNode | SeedNode | ModelNode): Kind | "ephemeral" {
  return node.resourceType === "model" ? node.materialized : node.resourceType;
}
