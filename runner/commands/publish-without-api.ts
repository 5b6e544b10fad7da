import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { buildLoaded, buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { type LoadedProject, openProject, type ProjectOptionValues } from "./project-options.ts";

interface PublishOptions extends ProjectOptionValues {
  readonly dataDir: string;
  /** Seconds. */
  readonly wait: number;
}

/**
 * Publishes a release of the batches that count, in a file of which no block has held another row; gives the exit code of the build. A
 * ProjectError when nothing could be published.
 */
export async function buildWithoutApi({ dataDir, ...options }: PublishOptions, effects: Effects): Promise<number> {
  const failed = unfinished(
    "without a build the warehouse and the releases still hold what the Web API gave",
    "no build reads those batches any more. Mend what failed above (npm run build-models shows it)",
    `delete ${dataPaths(dataDir).warehouse} and ${dataPaths(dataDir).releases}`,
  );
  return explained(failed, async () => {
    const before = await readCurrentRelease(dataDir);
    const loaded = await openProject(options, effects);
    const code = await buildLoaded(loaded, { ...buildOptions.parse(options), fromNothing: true }, effects);
    const isPublished = (await readCurrentRelease(dataDir))?.number !== before?.number;
    if (!isPublished) throw new ProjectError([], 1);
    return code;
  });
}

/** Makes Postgres show that release, where there is one: the one of POSTGRES_URL, or else our own. */
export async function exportWithoutApi({ dataDir, ...options }: PublishOptions, effects: Effects): Promise<void> {
  const { readSecrets } = await import("../delivery/postgres-secrets.ts");
  const hasPostgres = effects.environment["POSTGRES_URL"] !== undefined || (await readSecrets(dataDir)) !== null;
  if (!hasPostgres || (await readCurrentRelease(dataDir)) === null) return;
  const failed = unfinished(
    "Postgres may still show what the Web API gave",
    "the warehouse is built without it. Mend what failed above",
    "drop the schemas gold and meta there",
  );
  const { exportLoadedToPostgres } = await import("./export.ts");
  await explained(failed, async () => {
    const loaded = await openProject(options, effects, loadProjectSettings);
    const project = async (): Promise<LoadedProject["project"]> => (await openProject(options, effects)).project;
    await exportLoadedToPostgres(loaded, { wait: options.wait, force: false, cascade: false, project }, effects);
  });
}

async function explained<T>(failed: Diagnostic, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    throw new ProjectError([...error.diagnostics, failed], 1, { cause: error });
  }
}

function unfinished(message: string, done: string, instead: string): Diagnostic {
  const hint = `The login is gone, and ${done},\nthen run npm run disconnect again. To be rid of it at once, ${instead}, and run it again.`;
  return { path: "disconnect", message: `is not done: ${message}`, hint };
}
