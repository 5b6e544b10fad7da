import type { ManifestTest } from "../../runner/compile/manifest.ts";
import { parseKeyTests } from "../../runner/delivery/key-tests.ts";
import {
  exportToPostgres,
  type PostgresExportOptions,
  type PostgresExportResults,
} from "../../runner/delivery/postgres.ts";

type Choices = Partial<PostgresExportOptions> & {
  readonly tests?: readonly ManifestTest[];
  readonly onWait?: () => void;
};

/** Exports the current release as the command does; `tests` are the data tests of the project. */
export function exportOf(
  dataDir: string,
  url: string,
  { tests = [], onWait = () => {}, ...options }: Choices = {},
): Promise<PostgresExportResults> {
  return exportToPostgres(
    { url, dataDir, isDemo: false, force: false, cascade: false, waitSeconds: 0, stallSeconds: 60, ...options },
    { now: () => new Date("2026-11-22T10:11:12Z"), keyTests: () => Promise.resolve(parseKeyTests({ tests })), onWait },
  );
}
