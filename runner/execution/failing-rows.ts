import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { renderLiteral } from "../compile/helpers.ts";
import type { ManifestNode, ManifestTest } from "../compile/manifest.ts";
import { renderFailures } from "../data-tests/render-data-test.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";

/** A sample is enough to see what is wrong. */
const rowsKept = 100;

/** Where the rows lie that failed the data tests of a node; they are personal and leave this folder by no road. */
export function failuresFolder(root: string, node: Pick<ManifestNode, "uniqueId">): string {
  return join(allFailures(root), node.uniqueId.split(".").slice(2).join("."));
}

/** The same of all nodes. */
export function allFailures(root: string): string {
  return join(root, "target", "failures");
}

/** Keeps the SQL of a failed test and a sample of the rows it returned, or all of them where the test says store_failures (0600). */
export async function keepFailingRows(connection: Connection, folder: string, test: ManifestTest): Promise<void> {
  await makeFolder(folder);
  const { sql } = renderFailures(test);
  const limit = test.settings.storeFailures === true ? "" : ` limit ${rowsKept}`;
  const path = join(folder, test.name.slice(0, 200));
  await writeFile(`${path}.sql`, `${sql}\n`, { mode: 0o600 });
  await connection.run(
    `copy (select * from (\n${sql}\n) as failing_rows${limit}) to ${renderLiteral(`${path}.csv`)} (format csv, header)`,
  );
  await chmod(`${path}.csv`, 0o600);
}

/** Removes what an earlier run kept of a node. */
export async function forgetFailingRows(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
