import type { Binder, Binding, BindingMistake } from "../compile/binder.ts";
import type { BoundColumn, Manifest, ManifestNode } from "../compile/manifest.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { type BindingKeys, bindingKeys } from "./binding-keys.ts";
import { readBindingCache, writeBindingCache, type BindingCache } from "./binding-cache.ts";
import { bindIncremental, bindTests } from "./bind-statements.ts";
import { keyColumnMistakes } from "./check-key-columns.ts";
import { traceModels } from "./trace-models.ts";
import { createTypedTables, type TypedColumn, type TypedTables } from "./typed-tables.ts";

export interface BinderSettings extends Omit<TypedTables, "manifest" | "seedRows" | "known"> {
  /** Where what was bound stands, so that an unchanged project does not load DuckDB. */
  readonly cachePath: string;
  /** DuckDB's version. */
  readonly engine: string;
}

/** DuckDB as a binder: empty tables in memory, of what has changed since `cachePath` was written. */
export function createBinder(settings: BinderSettings): Binder {
  return {
    async bind(manifest) {
      const cache = await readBindingCache(settings.cachePath);
      const keys = bindingKeys(manifest, settings);
      const missing = findMissing(manifest, { cache, keys });
      const count = missing.nodes.length + missing.tests.length + missing.types.length;
      const binding =
        count === 0
          ? {
              columns: cachedColumns(manifest, { cache, keys }),
              mistakes: [],
              types: new Map(Object.entries(cache.types)),
            }
          : await bindMissing(missing, { manifest, settings, cache, keys });
      if (count > 0) await writeBindingCache(settings.cachePath, cacheOf(binding, { manifest, keys }));
      return binding;
    },
  };
}

interface Known {
  readonly cache: BindingCache;
  readonly keys: BindingKeys;
}

interface Missing {
  readonly nodes: readonly ManifestNode[];
  readonly tests: Manifest["tests"];
  readonly types: readonly string[];
}

function findMissing(manifest: Manifest, { cache, keys }: Known): Missing {
  const all = manifest.order.flatMap((uniqueId) => manifest.nodes[uniqueId] ?? []);
  const tests = new Set(cache.tests);
  const written = all.flatMap(({ columns }) => columns.flatMap(({ dataType }) => dataType ?? []));
  return {
    nodes: all.filter(({ uniqueId }) => cache.nodes[keys.of(uniqueId)] === undefined),
    tests: manifest.tests.filter(({ uniqueId }) => !tests.has(keys.of(uniqueId))),
    types: [...new Set(written)].filter((type) => cache.types[type] === undefined),
  };
}

function cachedColumns(manifest: Manifest, { cache, keys }: Known): Map<string, readonly BoundColumn[]> {
  return new Map(
    manifest.order.flatMap((uniqueId) => {
      const columns = cache.nodes[keys.of(uniqueId)];
      return columns === undefined ? [] : [[uniqueId, columns]];
    }),
  );
}

function cacheOf(
  { columns, mistakes, types }: Binding,
  { manifest, keys }: { readonly manifest: Manifest; readonly keys: BindingKeys },
): BindingCache {
  const wrong = new Set(mistakes.map(({ uniqueId }) => uniqueId));
  const isBound = (uniqueId: string): boolean => columns.has(uniqueId);
  return {
    nodes: Object.fromEntries([...columns].flatMap(([id, bound]) => (wrong.has(id) ? [] : [[keys.of(id), bound]]))),
    tests: manifest.tests
      .filter(({ uniqueId, reads }) => !wrong.has(uniqueId) && reads.every(isBound))
      .map(({ uniqueId }) => keys.of(uniqueId)),
    types: Object.fromEntries([...types].flatMap(([name, type]) => (type === null ? [] : [[name, type]]))),
  };
}

async function bindMissing(
  missing: Missing,
  from: Known & { readonly manifest: Manifest; readonly settings: BinderSettings },
): Promise<Binding> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { manifest, settings } = from;
  const cached = cachedColumns(manifest, from);
  const known = (node: ManifestNode): readonly TypedColumn[] | undefined => cached.get(node.uniqueId);
  return withDuckDB({ threads: 1 }, async (database) => {
    const connection = await database.connect();
    await connection.run("set errors_as_json = true");
    const tables = { ...settings, manifest, seedRows: false, known };
    const mistakes: BindingMistake[] = [
      ...(await createTypedTables(connection, neededNodes(missing, manifest), tables)),
    ];
    const types = await readTypes(connection, manifest);
    const typed = { types, readText: settings.readText };
    const bound = missing.nodes.filter(({ relation }) => types.has(relation));
    const unkeyed = keyColumnMistakes(bound, typed);
    const keyed = bound.filter(({ uniqueId }) => !unkeyed.some((mistake) => mistake.uniqueId === uniqueId));
    mistakes.push(...unkeyed, ...(await bindIncremental(connection, keyed, typed)));
    const testable = missing.tests.filter(({ reads }) =>
      reads.every((id) => types.has(manifest.nodes[id]?.relation ?? "")),
    );
    mistakes.push(...(await bindTests(connection, testable, typed)));
    const traced = await traceModels(connection, bound, { types, manifest });
    return {
      columns: new Map([...cached, ...traced]),
      mistakes,
      types: await nameTypes(connection, missing.types, from.cache.types),
    };
  });
}

/** What is to be bound, and what that reads. */
function neededNodes({ nodes, tests }: Missing, manifest: Manifest): readonly ManifestNode[] {
  const needed = new Set([
    ...nodes.flatMap(({ uniqueId, reads }) => [uniqueId, ...reads]),
    ...tests.flatMap(({ reads }) => reads),
  ]);
  return manifest.order.flatMap((uniqueId) => (needed.has(uniqueId) ? (manifest.nodes[uniqueId] ?? []) : []));
}

/** Columns of each relation that was made, by its name as SQL writes it. */
async function readTypes(connection: Connection, { nodes }: Manifest): Promise<Map<string, TypedColumn[]>> {
  const relations = new Map(Object.values(nodes).map(({ relation }) => [relation.toLowerCase(), relation]));
  const types = new Map<string, TypedColumn[]>();
  const rows = await connection.query(
    `select lower(schema_name || '.' || table_name) as relation, column_name, data_type
    from duckdb_columns() where not internal order by table_oid, column_index`,
  );
  for (const row of rows) {
    const relation = relations.get(cellText(row["relation"])) ?? "";
    const column = { name: cellText(row["column_name"]), type: cellText(row["data_type"]) };
    const columns = types.get(relation);
    if (columns === undefined) types.set(relation, [column]);
    else columns.push(column);
  }
  return types;
}

/** DuckDB's own words for types as people write them. */
async function nameTypes(
  connection: Connection,
  written: readonly string[],
  cached: Readonly<Record<string, string>>,
): Promise<Map<string, string | null>> {
  const types = new Map<string, string | null>(Object.entries(cached));
  for (const type of written) {
    const name = connection.query(`select typeof(cast(null as ${type})) as name`);
    types.set(
      type,
      await name.then(
        ([row]) => cellText(row?.["name"]),
        () => null,
      ),
    );
  }
  return types;
}
