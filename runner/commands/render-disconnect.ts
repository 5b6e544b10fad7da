import type { Remains } from "./disconnect-remains.ts";

/** What is about to be deleted, to be agreed to. */
export function renderRemains({
  hasLogin,
  batches,
  hasNotes,
  hasLanded,
  isBuilt,
  releases,
}: Remains): readonly string[] {
  const numbers = releases.length === 0 ? "" : ` (${releases.join(", ")})`;
  return [
    "This deletes",
    ...(hasLogin ? ["  the login with Spotify"] : []),
    ...(batches.length > 0 ? [`  ${batches.length} batches of plays and tracks that Spotify's Web API gave`] : []),
    ...(hasNotes ? ["  the notes of polls, limits and playlists"] : []),
    ...(hasLanded && isBuilt
      ? [`  every release there is${numbers}, once the warehouse is built anew without what the Web API gave`]
      : []),
    "Exports, catalogues and seeds stay.",
  ];
}

/** What is out of reach. */
export interface Unreachable {
  /** Playlists by name, with their ids. */
  readonly playlists: Remains["playlists"];
  /** In words. */
  readonly exports: readonly string[];
  /** Files that other programs left in the data folder. */
  readonly foreign: readonly string[];
}

/** What is out of reach, and where to go for it. */
export function renderUnreachable({ playlists, exports, foreign }: Unreachable): readonly string[] {
  const made = Object.entries(playlists).map(([name, id]) => `${name}: https://open.spotify.com/playlist/${id}`);
  return [
    "",
    "Everything of Spotify's Web API is gone from this data folder. Out of reach, and yours to see to:",
    "  the app's permission: https://www.spotify.com/account/apps/ takes it back",
    ...listed("the playlists on Spotify that were published from here:", made),
    ...listed("exports that this command does not come to:", exports),
    "  backups of the data folder, and copies of the warehouse or of what was read out of it",
    ...listed("what other programs left beside our files:", foreign),
  ];
}

function listed(heading: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`  ${heading}`, ...items.map((item) => `    ${item}`)];
}
