import { resolve, sep } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { type Connection, withDuckDB } from "../warehouse/duckdb.ts";
import { type CurrentRelease, readCurrentRelease } from "../warehouse/releases.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { rememberExport } from "./export-places.ts";
import type { ExportRelation } from "./export-relation.ts";
import type { FileFormat } from "./file-formats.ts";
import { readReleaseRelations } from "./release-relations.ts";
import { writeDatabaseFile } from "./write-database-file.ts";
import { writeReleaseFolder } from "./write-release-folder.ts";

export interface FileExportOptions {
  readonly dataDir: string;
  readonly format: FileFormat;
  /** The file of duckdb, the folder of parquet and csv; absolute. */
  readonly path: string;
  /** How many releases stay in a folder. */
  readonly keepReleases: number;
  /** Other schemas than the format's own. */
  readonly schemas?: readonly string[];
}

export interface FileExportResults {
  readonly release: number;
  readonly relations: number;
  readonly rows: number;
  /** What to open. */
  readonly path: string;
}

/** A release that is open for reading, and where its relations go. */
export interface FileExport {
  readonly source: Connection;
  readonly relations: readonly ExportRelation[];
  readonly release: CurrentRelease;
  readonly path: string;
  readonly keepReleases: number;
}

const writers = {
  duckdb: writeDatabaseFile,
  parquet: (file) => writeReleaseFolder(file, "parquet"),
  csv: (file) => writeReleaseFolder(file, "csv"),
} satisfies Record<FileFormat, (file: FileExport) => Promise<string>>;

/** Parquet is read in place by Trino and others as the lake it is, with silver; the others are for looking at. */
const schemasOf = {
  duckdb: ["gold", "meta"],
  parquet: ["silver", "gold", "meta"],
  csv: ["gold", "meta"],
} satisfies Record<FileFormat, readonly string[]>;

/** Writes gold and meta of the current release, as Parquet silver too, to files that are there as a whole or not at all. */
export async function exportToFiles(options: FileExportOptions): Promise<FileExportResults> {
  const { dataDir, format, path, keepReleases, schemas = schemasOf[format] } = options;
  refuseOwnPlaces(dataDir, path);
  const release = await readCurrentRelease(dataDir);
  if (release === null) {
    const hint = "npm run pipeline makes the first release.";
    throw new ProjectError([{ path: dataDir, message: "holds no release that could be exported", hint }], 1);
  }
  await rememberExport(dataDir, { to: format, path });
  // Not opened as the database itself: beside one that is read-only DuckDB makes no other.
  return withDuckDB({}, async (database) => {
    const source = await database.connect();
    await source.run(`attach '${release.path.replaceAll("'", "''")}' as warehouse (read_only)`);
    await source.run("use warehouse");
    const relations = await readReleaseRelations(source, { schemas });
    const written = await withStorageErrors(path, () =>
      writers[format]({ source, relations, release, path, keepReleases }),
    );
    const rows = relations.reduce((sum, relation) => sum + relation.rows, 0);
    return { release: release.number, relations: relations.length, rows, path: written };
  });
}

/** An export never writes over what the warehouse is made of. */
function refuseOwnPlaces(dataDir: string, path: string): void {
  const { root, ...places } = dataPaths(dataDir);
  const chosen = resolve(path);
  const isOwn = [...Object.values(places), `${root}${sep}postgres`].some(
    (place) => chosen === place || chosen.startsWith(`${place}${sep}`),
  );
  if (!isOwn && chosen !== root) return;
  throw new ProjectError([
    { path, message: "belongs to the warehouse itself", hint: "Choose another place for the export." },
  ]);
}
