import { resolve } from "node:path";

import * as z from "zod";

import type { DatabaseAddress } from "../delivery/superset/database-address.ts";
import type { SupersetSource } from "../delivery/superset/superset-source.ts";
import { didYouMean, ProjectError } from "../diagnostics.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { renderChecks } from "./render-checks.ts";
import { supersetLogin } from "./superset-login.ts";
import { readSupersetSource } from "./superset-source.ts";

export const supersetOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("bundle [file], import, or check"),
  url: z.string().optional().describe("address of Superset; otherwise SUPERSET_URL"),
  uri: z
    .string()
    .optional()
    .describe("SQLAlchemy's address of the exported tables, as Superset reaches them; otherwise SUPERSET_DATABASE_URI"),
  timeout: z.coerce.number().positive().default(120).describe("seconds to wait for an answer"),
});

type SupersetOptions = z.infer<typeof supersetOptions>;

interface Request {
  readonly source: SupersetSource;
  readonly address: DatabaseAddress;
  readonly options: SupersetOptions;
  readonly path: string;
}

/** Each action; gives the exit code. */
const actions: Readonly<Record<string, (request: Request, effects: Effects) => Promise<number>>> = {
  bundle: writeBundle,
  import: importDashboards,
  check: checkDashboards,
};

/** Writes the dashboards' bundle, imports it into a Superset, or checks what stands there; 1 when a chart is not as it should be. */
export async function superset(options: SupersetOptions, effects: Effects): Promise<number> {
  const [name = "", path, ...more] = options.paths;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined || more.length > 0 || (path !== undefined && name !== "bundle"))
    throw wrongAction(options.paths);
  const loaded = await openProject(options, effects);
  if (loaded.notice !== null) effects.print(loaded.notice);
  const known = await readSupersetSource(loaded, options.uri, effects);
  const file = path === undefined ? resolve(loaded.project.root, "target/superset.zip") : resolve(effects.cwd, path);
  return action({ ...known, options, path: file }, effects);
}

async function writeBundle({ source, address, path }: Request, effects: Effects): Promise<number> {
  const { chartsOf, renderBundle, zipBundle } = await import("../delivery/superset/render-bundle.ts");
  await writeWhole(path, zipBundle(renderBundle(source)));
  const charts = source.dashboards.flatMap(chartsOf).length;
  effects.print(`${path} holds ${source.dashboards.length} dashboards with ${charts} charts on ${address.uri}.`);
  return 0;
}

async function importDashboards(request: Request, effects: Effects): Promise<number> {
  const { source, address, options } = request;
  const login = supersetLogin(options, effects);
  const { renderBundle, zipBundle } = await import("../delivery/superset/render-bundle.ts");
  const [{ openSuperset }, { importBundle }] = await Promise.all([
    import("../delivery/superset/superset-client.ts"),
    import("../delivery/superset/import-bundle.ts"),
  ]);
  const session = await openSuperset(login);
  const { url: server, username } = login;
  const bundle = zipBundle(renderBundle(source));
  await importBundle(session, { bundle, databasePassword: address.password, server, username });
  effects.print(`Imported ${source.dashboards.length} dashboards into ${server}.`);
  return checkDashboards(request, effects);
}

async function checkDashboards({ source, options }: Request, effects: Effects): Promise<number> {
  const login = supersetLogin(options, effects);
  const [{ openSuperset }, { checkCharts }] = await Promise.all([
    import("../delivery/superset/superset-client.ts"),
    import("../delivery/superset/check-charts.ts"),
  ]);
  const outcomes = await checkCharts(await openSuperset(login), source);
  for (const line of renderChecks(outcomes, { source, server: login.url })) effects.print(line);
  return outcomes.some(({ status }) => status === "failed" || status === "missing") ? 1 : 0;
}

function wrongAction(given: readonly string[]): ProjectError {
  const [name] = given;
  const message = name === undefined ? "needs to know what to do" : `cannot do '${given.join(" ")}'`;
  const near = name === undefined || Object.hasOwn(actions, name) ? undefined : didYouMean(name, Object.keys(actions));
  const hint = near ?? "npm run superset -- bundle [file], or import, or check";
  return new ProjectError([{ path: "superset", message, hint }]);
}
