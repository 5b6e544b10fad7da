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

/** What is out of reach, and where to go for it; `foreign` are the files that other programs left in the data folder. */
export function renderUnreachable({ playlists }: Remains, foreign: readonly string[]): readonly string[] {
  const made = Object.entries(playlists).map(([name, id]) => `    ${name}: https://open.spotify.com/playlist/${id}`);
  return [
    "",
    "Everything of Spotify's Web API is gone from this data folder. Out of reach, and yours to see to:",
    "  the app's permission: https://www.spotify.com/account/apps/ takes it back",
    ...(made.length > 0 ? ["  the playlists on Spotify that were published from here:", ...made] : []),
    "  backups of the data folder, and copies of the warehouse or of what was read out of it",
    ...(foreign.length > 0
      ? ["  what other programs left beside our files:", ...foreign.map((path) => `    ${path}`)]
      : []),
  ];
}
