import { readdir } from "node:fs/promises";

import { parseSpotifySettings } from "../../spotify/settings.ts";
import { dataPaths } from "../../warehouse/data-folder.ts";
import { type Check, type Finding, look, ok, wrong } from "./finding.ts";
import { reach } from "./reach.ts";

/** Tokens and schedules stand this much. */
const mostSkewMs = 60_000;

/** Whether the clock agrees with the last run and, where Spotify is asked anyway, with its servers; and in which zone days are counted. */
export const checkClock: Check = async ({ loaded: { dataDir, project }, effects }) => {
  const now = effects.now();
  const { timezone = null } = project.vars;
  const zone =
    timezone === null
      ? look("no time zone is set: days and hours are UTC", "vars.timezone in project.yml, e.g. Europe/Berlin")
      : ok(`${now.toISOString().slice(0, 16).replace("T", " ")} UTC; days are those of ${String(timezone)}`);
  return [zone, ...(await comparedToRuns(dataDir, now)), ...(await comparedToSpotify(project.vars, effects.now))];
};

async function comparedToRuns(dataDir: string, now: Date): Promise<readonly Finding[]> {
  const names = await readdir(dataPaths(dataDir).runs).catch((): string[] => []);
  // Names of runs begin with their time.
  const newest = names.toSorted().at(-1) ?? "";
  const [, date, hours, minutes] = /^(\d{8})T(\d\d)(\d\d)/.exec(newest) ?? [];
  if (date === undefined) return [];
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  const began = new Date(`${day}T${hours}:${minutes}:00Z`);
  if (began.getTime() - now.getTime() <= mostSkewMs) return [];
  const hint = "Set the clock (timedatectl set-ntp true). Runs of the future stand in the way of those that are due.";
  return [wrong(`the clock is behind the last run, which began ${began.toISOString().slice(0, 16)}Z`, hint)];
}

async function comparedToSpotify(
  vars: Parameters<typeof parseSpotifySettings>[0],
  now: () => Date,
): Promise<readonly Finding[]> {
  if ((vars["spotify_client_id"] ?? null) === null) return [];
  const { date } = await reach(new URL(parseSpotifySettings(vars).accountsUrl)).catch(() => ({ date: null }));
  if (date === null) return [];
  const skewMs = now().getTime() - date.getTime();
  if (Math.abs(skewMs) <= mostSkewMs) return [ok("it agrees with Spotify's")];
  const side = skewMs > 0 ? "ahead of" : "behind";
  return [wrong(`the clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${side} Spotify's`, "timedatectl set-ntp true")];
}
