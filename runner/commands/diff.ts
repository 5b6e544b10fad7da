import * as z from "zod";

import { relationKeys } from "../delivery/relation-keys.ts";
import { didYouMean, ProjectError } from "../diagnostics.ts";
import { compareRelations, type RelationDifference } from "../execution/compare-relations.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { listReleases } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { readKeyTests } from "./read-key-tests.ts";
import { type ComparedRelation, renderComparison, renderOverview } from "./render-diff.ts";

export const diffOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("two releases, older first, and perhaps a relation"),
  limit: z.coerce.number().int().min(0).default(5).describe("rows of a sort shown of one relation"),
});

/** Compares two releases: which relations differ in columns or rows, or of one relation what differs, cell by cell. */
export async function diff(options: z.infer<typeof diffOptions>, effects: Effects): Promise<number> {
  const { project, dataDir, notice } = await openProject(options, effects, loadProjectSettings);
  const { before, after, relation } = await chooseReleases(dataDir, options.paths);
  const whole = async () => (await openProject(options, effects)).project;
  const keyTests = await readKeyTests(project.root, whole, effects);
  if (notice !== null) effects.print(`${notice}\n`);
  const keyOf = (name: string): readonly string[] =>
    relationKeys(keyTests, name).find(({ kind }) => kind === "primary")?.columns ?? [];
  const lines = await withBoth([before.path, after.path], async (connection) => {
    const hashes = await readHashes(connection);
    if (relation === undefined) {
      const changed = [...hashes].filter(([, [left, right]]) => left !== right).map(([name]) => name);
      const compared: ComparedRelation[] = [];
      for (const name of changed) compared.push(await compare(connection, { name, keyOf, hashes, limit: 0 }));
      return renderOverview(compared, hashes.size - changed.length);
    }
    const name = findRelation(relation, [...hashes.keys()]);
    return renderComparison(await compare(connection, { name, keyOf, hashes, limit: options.limit }), keyOf(name));
  });
  effects.print(`Release ${after.number} against release ${before.number}`);
  for (const line of lines) effects.print(line);
  return 0;
}

async function chooseReleases(dataDir: string, [first, second, relation, ...others]: readonly string[]) {
  const isNumber = (text: string | undefined): boolean => /^[1-9]\d*$/.test(text ?? "");
  if (!isNumber(first) || !isNumber(second) || first === second || others.length > 0) {
    const hint = "npm run diff -- 3 4, or for one relation npm run diff -- 3 4 streams; npm run releases lists them";
    throw new ProjectError([{ path: "diff", message: "takes two releases and perhaps a relation", hint }]);
  }
  const releases = await listReleases(dataDir);
  const find = (text: string | undefined) => {
    const found = releases.find(({ number }) => number === Number(text));
    if (found !== undefined) return found;
    const hint = `Kept are ${releases.map(({ number }) => number).join(", ")}: npm run releases`;
    throw new ProjectError([{ path: "diff", message: `release ${text} is not kept`, hint }]);
  };
  return { before: find(first), after: find(second), relation };
}

async function withBoth<T>(
  [before, after]: readonly [string, string],
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`attach '${before.replaceAll("'", "''")}' as before (read_only)`);
    await connection.run(`attach '${after.replaceAll("'", "''")}' as after (read_only)`);
    return use(connection);
  });
}

type Hashes = ReadonlyMap<string, readonly [string | null, string | null]>;

/** Relation → its content in both releases; null where it is not there. */
async function readHashes(connection: Connection): Promise<Hashes> {
  const rows = await connection.query(
    `select relation, before.content_hash as before_hash, after.content_hash as after_hash
    from before.meta.relations as before full join after.meta.relations as after using (relation) order by relation`,
  );
  const text = z.string().nullable();
  return new Map(
    rows.map((row) => [cellText(row["relation"]), [text.parse(row["before_hash"]), text.parse(row["after_hash"])]]),
  );
}

async function compare(
  connection: Connection,
  of: {
    readonly name: string;
    readonly keyOf: (name: string) => readonly string[];
    readonly hashes: Hashes;
    readonly limit: number;
  },
): Promise<ComparedRelation> {
  const { name, keyOf, hashes, limit } = of;
  const [before, after] = hashes.get(name) ?? [null, null];
  if (before === null) return { name, difference: "added" };
  if (after === null) return { name, difference: "removed" };
  const pair = { before: `before.${name}`, after: `after.${name}`, key: keyOf(name) };
  const difference: RelationDifference = await compareRelations(connection, pair, limit);
  return { name, difference };
}

function findRelation(text: string, names: readonly string[]): string {
  const found = names.filter((name) => name === text || name.split(".")[1] === text);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const near = didYouMean(
    text,
    names.flatMap((name) => [name, name.split(".")[1] ?? name]),
  );
  const hint =
    found.length > 1
      ? `Write the schema too: ${found.join(", ")}`
      : (near ?? "Without a relation, all that differ are listed.");
  throw new ProjectError([{ path: "diff", message: `'${text}' names no relation of the two releases`, hint }]);
}
