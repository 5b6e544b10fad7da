import { embeddedUrl, postgresHome, readSecrets } from "../delivery/postgres-secrets.ts";
import { readReleaseColumns } from "../delivery/release-columns.ts";
import { addressForRole, type DatabaseAddress, parseDatabaseAddress } from "../delivery/superset/database-address.ts";
import type { SupersetSource } from "../delivery/superset/superset-source.ts";
import { readerRole } from "../delivery/target-tables.ts";
import { ProjectError } from "../diagnostics.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { postgresUrl } from "./postgres-url.ts";
import type { LoadedProject } from "./project-options.ts";
import { withRelease } from "./read-release.ts";

/** What the dashboards' bundle is made of: the definitions, the current release, and where Superset finds its export. */
export async function readSupersetSource(
  loaded: LoadedProject,
  uri: string | undefined,
  effects: Effects,
): Promise<{ readonly source: SupersetSource; readonly address: DatabaseAddress }> {
  const address = await databaseAddress(loaded, uri, effects);
  const { dashboards, project } = await compileLoaded(loaded.project, effects);
  if (dashboards.length === 0) {
    const hint = "Each dashboards/<name>.yml defines one: see docs/superset.md.";
    throw new ProjectError([{ path: "dashboards", message: "holds no dashboard", hint }]);
  }
  const release = await readCurrentRelease(loaded.dataDir);
  if (release === null) {
    const message = "holds no release whose tables could be shown";
    throw new ProjectError([{ path: loaded.dataDir, message, hint: "npm run pipeline makes the first release." }], 1);
  }
  const relations = await withRelease(release.path, readReleaseColumns);
  const { publishedAt } = release.state;
  const isDemo = loaded.notice !== null;
  return { source: { project, dashboards, relations, databaseUri: address.uri, isDemo, publishedAt }, address };
}

/** The flag beats the environment beats the Postgres that the export goes to, read by the dashboards' role. */
async function databaseAddress(
  { dataDir, notice }: LoadedProject,
  uri: string | undefined,
  effects: Effects,
): Promise<DatabaseAddress> {
  if (uri !== undefined) return parseDatabaseAddress(uri, "--uri");
  const setting = effects.environment["SUPERSET_DATABASE_URI"]?.trim();
  if (setting !== undefined && setting !== "") return parseDatabaseAddress(setting, "SUPERSET_DATABASE_URI");
  const url = postgresUrl(effects);
  if (url !== null) return addressForRole(url, readerRole);
  const secrets = await readSecrets(postgresHome(dataDir, notice !== null));
  if (secrets === null) {
    const hint =
      "Set it to the address by which Superset reaches the exported tables, for example postgresql://superset_ro:password@localhost:5432/spotify; npm run postgres starts a Postgres of our own.";
    throw new ProjectError([{ path: "SUPERSET_DATABASE_URI", message: "is not set", hint }]);
  }
  const { href } = Object.assign(new URL(embeddedUrl(secrets)), { username: readerRole, password: secrets.reader });
  return parseDatabaseAddress(href, "the embedded Postgres");
}
