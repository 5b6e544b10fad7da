import { renderIdentifier } from "../compile/helpers.ts";
import type { ModelNode } from "../compile/manifest.ts";
import type { SchemaChange } from "../project/project.ts";

export interface Column {
  readonly name: string;
  readonly type: string;
}

/** The columns of the table as it stands, and of the rows that are to go into it. */
export interface RelationColumns {
  readonly existing: readonly Column[];
  readonly incoming: readonly Column[];
}

/** Why the incoming rows cannot go into the table. */
export interface SchemaProblem {
  readonly problem: string;
}

interface FittedSchema {
  /** What makes the table fit. */
  readonly statements: readonly string[];
  /** Columns that are filled from the incoming rows; the others stay null. */
  readonly columns: readonly string[];
}

interface Difference {
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  /** With the type they have now. */
  readonly retyped: readonly Column[];
  /** Incoming columns that the table has too. */
  readonly common: readonly string[];
}

type Change = (node: ModelNode, difference: Difference) => FittedSchema | SchemaProblem;

const changes = {
  fail: ({ name }, { added, removed, retyped }) => {
    const lines = [...added.map((it) => `+ ${it.name} ${it.type}`), ...removed.map((it) => `- ${it.name} ${it.type}`)];
    const types = retyped.map((it) => `${it.name} is now ${it.type}`);
    const mend = `rebuild with: build-models -- --select ${name} --full-refresh`;
    return { problem: `columns changed (${[...lines, ...types].join(", ")}); ${mend}, or set on_schema_change` };
  },
  ignore: (_, { common }) => ({ statements: [], columns: common }),
  append_new_columns: (node, difference) => ({ statements: adding(node, difference), columns: all(difference) }),
  sync_all_columns: (node, difference) => ({
    statements: [
      ...adding(node, difference),
      ...difference.removed.map(({ name }) => `alter table ${node.relation} drop column ${renderIdentifier(name)}`),
      ...difference.retyped.map(
        ({ name, type }) => `alter table ${node.relation} alter column ${renderIdentifier(name)} set data type ${type}`,
      ),
    ],
    columns: all(difference),
  }),
} satisfies Record<SchemaChange, Change>;

/** What `on_schema_change` makes of columns that differ; nothing to do when they do not. */
export function changeSchema(node: ModelNode, columns: RelationColumns): FittedSchema | SchemaProblem {
  const difference = compareColumns(columns);
  const { added, removed, retyped, common } = difference;
  if (added.length + removed.length + retyped.length === 0) return { statements: [], columns: common };
  return changes[node.onSchemaChange](node, difference);
}

/** Which columns came, went or have another type. */
export function compareColumns({ existing, incoming }: RelationColumns): Difference {
  const find = (columns: readonly Column[], { name }: Column): Column | undefined =>
    columns.find((other) => other.name.toLowerCase() === name.toLowerCase());
  const common = incoming.filter((column) => find(existing, column) !== undefined);
  return {
    added: incoming.filter((column) => find(existing, column) === undefined),
    removed: existing.filter((column) => find(incoming, column) === undefined),
    retyped: common.filter((column) => find(existing, column)?.type !== column.type),
    common: common.map(({ name }) => name),
  };
}

function adding({ relation }: ModelNode, { added }: Difference): readonly string[] {
  return added.map(({ name, type }) => `alter table ${relation} add column ${renderIdentifier(name)} ${type}`);
}

function all({ common, added }: Difference): readonly string[] {
  return [...common, ...added.map(({ name }) => name)];
}
