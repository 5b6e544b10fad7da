import { ProjectError } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import { parseSpotifySettings } from "../spotify/settings.ts";
import type { SpotifyContext, SpotifyEvent } from "../spotify/spotify-context.ts";
import { systemEffects } from "../spotify/system-effects.ts";
import type { Effects } from "./effects.ts";
import type { LoadedProject } from "./project-options.ts";

/** Spotify as a project's vars describe it; a ProjectError when no app is set, or when the data folder holds a made-up life. */
export function openSpotify(
  { project, dataDir, notice }: LoadedProject,
  command: string,
  effects: Effects,
): SpotifyContext {
  if (notice !== null) throw madeUp(dataDir);
  const tell = (event: SpotifyEvent): void => {
    effects.log?.info({ spotify: event.kind, ...event }, "spotify");
    if (event.kind === "waited")
      effects.warn(`Spotify asks to wait ${Math.ceil(event.waitMs / 1000)} s (${event.bucket}).`);
  };
  return {
    dataDir,
    settings: parseSpotifySettings(project.vars),
    command,
    runId: newRunId(effects.now(), effects.pid),
    effects: systemEffects(tell, effects.signal),
  };
}

/** Neither may a real life land among made-up plays, nor made-up playlists reach an account. */
function madeUp(dataDir: string): ProjectError {
  const hint = "Leave DATA_DIR out, or name the folder of your own life.";
  return new ProjectError([{ path: dataDir, message: "holds made-up data, so Spotify is not asked", hint }]);
}
