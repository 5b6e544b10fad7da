import { newRunId } from "../execution/journal.ts";
import { parseSpotifySettings } from "../spotify/settings.ts";
import type { SpotifyContext, SpotifyEvent } from "../spotify/spotify-context.ts";
import { systemEffects } from "../spotify/system-effects.ts";
import type { Effects } from "./effects.ts";
import type { LoadedProject } from "./project-options.ts";

/** Spotify as a project's vars describe it; a ProjectError when no app is set. */
export function openSpotify({ project, dataDir }: LoadedProject, command: string, effects: Effects): SpotifyContext {
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
    effects: systemEffects(tell),
  };
}
