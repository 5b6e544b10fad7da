import {
  type ExportPlace,
  type FilePlace,
  isExportThere,
  readExportPlaces,
  removeExport,
} from "../delivery/export-places.ts";
import { readSecrets } from "../delivery/postgres-secrets.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";
import { postgresUrl } from "./postgres-url.ts";
import type { PublishOptions } from "./publish-without-api.ts";
import { type LoadedProject, openProject } from "./project-options.ts";
import { explained, unfinished } from "./unfinished-disconnect.ts";

/**
 * Makes every export that can be reached show the current release and no older one, or deletes it where there is none; gives those that
 * cannot be reached, in words. A ProjectError when one that is there cannot be written.
 */
export async function cleanExports(options: PublishOptions, effects: Effects): Promise<readonly string[]> {
  const { dataDir } = options;
  const places = await readExportPlaces(dataDir);
  const isBuilt = (await readCurrentRelease(dataDir)) !== null;
  const away: string[] = [];
  for (const place of places.filter(isOfFiles)) {
    if (await isExportThere(place)) await cleanFiles(place, { dataDir, isBuilt }, effects);
    else away.push(`${place.path}, where nothing is now`);
  }
  return [...away, ...(await cleanPostgres(places, { ...options, isBuilt }, effects))];
}

function isOfFiles(place: ExportPlace): place is FilePlace {
  return place.to !== "postgres";
}

async function cleanFiles(
  place: FilePlace,
  { dataDir, isBuilt }: { readonly dataDir: string; readonly isBuilt: boolean },
  effects: Effects,
): Promise<void> {
  const failed = unfinished(
    `the export ${place.path} may still hold what the Web API gave`,
    "the warehouse holds nothing of it any more. Mend what failed above",
    "delete that export",
  );
  await explained(failed, async () => {
    if (isBuilt) {
      const { exportLoadedToFiles } = await import("./export.ts");
      await exportLoadedToFiles({ dataDir }, place, { ...effects, keepReleases: 1 });
    } else {
      await removeExport(place);
      effects.print(`${place.path} is deleted, for no release is there to show.`);
    }
  });
}

/** The Postgres of POSTGRES_URL and the one of our own; of others nobody has the password. */
async function cleanPostgres(
  places: readonly ExportPlace[],
  { isBuilt, ...options }: PublishOptions & { readonly isBuilt: boolean },
  effects: Effects,
): Promise<readonly string[]> {
  const servers = places.flatMap((place) => (place.to === "postgres" ? [place.server] : []));
  const url = postgresUrl(effects);
  const hasOwn = (await readSecrets(options.dataDir)) !== null && (url === null || servers.includes(null));
  const given = url === null ? null : await describe(url);
  const outOfReach = servers.filter((server) => !isBuilt || (server === null ? !hasOwn : server !== given));
  if (isBuilt && url !== null) await sendTo(effects, options);
  if (isBuilt && hasOwn) await sendTo(withoutUrl(effects), options);
  return outOfReach.map(
    (server) => `the schemas gold and meta in Postgres ${server ?? "of our own (npm run postgres)"}: drop them there`,
  );
}

async function describe(url: string): Promise<string> {
  const { describeServer } = await import("../delivery/postgres-connection.ts");
  return describeServer(url);
}

function withoutUrl(effects: Effects): Effects {
  return { ...effects, environment: { ...effects.environment, POSTGRES_URL: "" } };
}

async function sendTo(effects: Effects, { projectDir, vars, wait }: PublishOptions): Promise<void> {
  const options = { projectDir, vars };
  const failed = unfinished(
    "Postgres may still show what the Web API gave",
    "the warehouse is built without it. Mend what failed above",
    "drop the schemas gold and meta there",
  );
  const { exportLoadedToPostgres } = await import("./export.ts");
  await explained(failed, async () => {
    const loaded = await openProject(options, effects, loadProjectSettings);
    const project = async (): Promise<LoadedProject["project"]> => (await openProject(options, effects)).project;
    await exportLoadedToPostgres(loaded, { wait, force: false, cascade: false, project }, effects);
  });
}
