import { renderIdentifier } from "../compile/helpers.ts";
import type { Manifest, ModelNode } from "../compile/manifest.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { RelationShape } from "./relation-content.ts";

const setAsideTable = "tonearm_set_aside";

interface Replacing {
  /** Which rows are replaced, as SQL. */
  readonly where: string;
  readonly shape: RelationShape;
}

/** Sets values of rows that are about to be replaced aside: those of columns, in lower case, that tests of relationships look into. */
export async function setValuesAside(
  connection: Connection,
  { relation }: ModelNode,
  { where, shape, manifest }: Replacing & { readonly manifest: Manifest },
): Promise<readonly string[]> {
  const fields = manifest.tests.flatMap(({ test, toRelation }) =>
    test.kind === "relationships" && toRelation === relation ? [test.field] : [],
  );
  const columns = ofShape([...new Set(fields.map((field) => field.toLowerCase()))], shape);
  if (columns.length === 0) return [];
  const names = columns.map(renderIdentifier).join(", ");
  await connection.run(
    `create or replace temp table ${setAsideTable} as select ${names} from ${relation} where ${where}`,
  );
  return columns;
}

/** Those of the columns set aside that have all values they had before their rows were replaced. */
export async function keptColumns(
  connection: Connection,
  relation: string,
  { where, shape, setAside }: Replacing & { readonly setAside: readonly string[] },
): Promise<readonly string[]> {
  if (setAside.length === 0) return [];
  const columns = ofShape(setAside, shape);
  const kept = columns.map(renderIdentifier).map(
    (name) => `not exists (
    select ${name} from temp.${setAsideTable} where ${name} is not null except select ${name} from ${relation} where ${where}
)`,
  );
  const [row] = await connection.query(`select [${kept.join(", ")}] as kept`);
  await connection.run(`drop table temp.${setAsideTable}`);
  const answers = Array.isArray(row?.["kept"]) ? row["kept"] : [];
  return columns.filter((_, at) => answers[at] === true);
}

function ofShape(columns: readonly string[], shape: RelationShape): readonly string[] {
  const names = new Set(shape.columns.map(({ name }) => name.toLowerCase()));
  return columns.filter((column) => names.has(column));
}
