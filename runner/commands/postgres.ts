import * as z from "zod";

import { startPostgres } from "../delivery/embedded-postgres.ts";
import { ownerRole, postgresHome, secretsPath } from "../delivery/postgres-secrets.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";

export const postgresOptions = z.strictObject({
  ...projectOptions,
  port: z.coerce.number().int().min(1).max(65_535).default(5433).describe("port on 127.0.0.1"),
});

/** Runs a Postgres of our own until it is told to stop; its data lies in the data folder. */
export async function postgres(options: z.infer<typeof postgresOptions>, effects: Effects): Promise<number> {
  const { dataDir, notice } = await openProject(options, effects, loadProjectSettings);
  const home = postgresHome(dataDir, notice !== null);
  const stopping = untilStopped();
  const running = await startPostgres(home, options.port);
  const passwords = secretsPath(home);
  effects.print(`Postgres is up on 127.0.0.1:${options.port}, database ${ownerRole}. Ctrl-C stops it; its data stays.`);
  effects.print(`Its passwords lie in ${passwords}. In another terminal:`);
  effects.print("  npm run export");
  effects.print(`  PGPASSFILE=${passwords} psql -h 127.0.0.1 -p ${options.port} -U ${ownerRole} ${ownerRole}`);
  await stopping;
  await running.stop();
  effects.print("Postgres has stopped.");
  return 0;
}

async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
