import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import type { ExportRelation, TableKey } from "./export-relation.ts";
import { postgresType } from "./postgres-types.ts";

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** A table of the target as it shall stand there; types as `format_type` writes them. */
export interface TableShape extends TableName {
  readonly description: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly description: string }[];
  readonly keys: readonly TableKey[];
}

/** What goes where: a relation of the release and its table in the target. */
export interface Delivery {
  readonly relation: ExportRelation;
  readonly shape: TableShape;
}

/** The table of a relation; made-up data goes to the schema `demo` only, where meta's names begin with `meta_`. */
export function targetName(relation: string, isDemo: boolean): TableName {
  const [schema = "", name = ""] = relation.split(".");
  if (!isDemo) return { schema, name };
  return { schema: "demo", name: schema === "gold" ? name : `${schema}_${name}` };
}

/** The shapes of all relations in the target; types and names that Postgres cannot hold are errors that name the column. */
export function planDeliveries(relations: readonly ExportRelation[], isDemo: boolean): readonly Delivery[] {
  const diagnostics: Diagnostic[] = [];
  const deliveries = relations.map((relation): Delivery => {
    const { description, keys } = relation;
    const target = targetName(relation.relation, isDemo);
    for (const name of [target.name, ...relation.columns.map((column) => column.name)]) {
      if (Buffer.byteLength(name) <= 63) continue;
      diagnostics.push({
        path: relation.relation,
        message: `'${name}' is longer than the 63 bytes of a name in Postgres`,
      });
    }
    const columns = relation.columns.map((column) => ({
      ...column,
      type: typeOf(relation.relation, column, diagnostics),
    }));
    return { relation, shape: { ...target, description, columns, keys } };
  });
  if (diagnostics.length > 0) throw new ProjectError(diagnostics, 1);
  return deliveries;
}

function typeOf(path: string, column: ExportRelation["columns"][number], diagnostics: Diagnostic[]): string {
  const mapped = postgresType(column);
  if (mapped !== undefined) return mapped.type;
  const hint = "cast it in the model, for example to timestamp or varchar";
  diagnostics.push({
    path,
    message: `${column.name} is ${column.type}, which Postgres cannot hold without loss`,
    hint,
  });
  return "";
}
