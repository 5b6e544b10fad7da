import { readCurrentRelease } from "../warehouse/releases.ts";
import { withRelease } from "./read-release.ts";

/** After so many days models know too little of what is listened to now. */
const oldDays = 90;

const day = 86_400_000;

/** End of the newest play of an export in the current release; null where there is none. Plays of the Web API are never trained on. */
export async function readNewestPlay(dataDir: string): Promise<Date | null> {
  const release = await readCurrentRelease(dataDir);
  const isBuilt = Object.keys(release?.state.nodes ?? {}).some((uniqueId) => /^model[.].*[.]plays$/.test(uniqueId));
  if (release === null || !isBuilt) return null;
  const [row] = await withRelease(release.path, (connection) =>
    connection.query("select max(ended_at) as newest from silver.plays where source_kind != 'api'"),
  );
  return row?.["newest"] instanceof Date ? row["newest"] : null;
}

/** How old the newest play is that models may learn from, with what to do when it is old. */
export function renderNewestPlay(newest: Date | null, now: Date): readonly string[] {
  const where = "https://www.spotify.com/account/privacy/ (Extended streaming history)";
  if (newest === null) return [`There is no play of an export to learn from yet: request one at ${where}.`];
  const days = Math.max(0, Math.floor((now.getTime() - newest.getTime()) / day));
  const age = `Newest play that models may learn from: ${newest.toISOString().slice(0, 10)}, ${days} day${days === 1 ? "" : "s"} ago.`;
  if (days <= oldDays) return [age];
  return [age, `That is old: request a new export at ${where}. Plays of the Web API are never trained on.`];
}
