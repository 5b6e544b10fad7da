import { spotifyClient } from "../../runner/spotify/client.ts";
import { systemEffects } from "../../runner/spotify/system-effects.ts";
import { answer, question } from "./script-host.ts";

const [dataDir = "", url = "", clientId = ""] = process.argv.slice(2);

/** Asks the fake for the last plays with the login of a data folder each time the test says so; answers the status or the error. */
async function askSpotify(): Promise<void> {
  const settings = { clientId, accountsUrl: url, apiUrl: `${url}/v1`, redirectPort: null };
  const effects = systemEffects(() => undefined);
  const client = spotifyClient({ dataDir, settings, command: "ask-spotify", runId: String(process.pid), effects });
  await answer("ready");
  while ((await question()) !== "close") {
    const request = { bucket: "recently-played", method: "GET", path: "/me/player/recently-played" } as const;
    await answer(
      await client.request(request).then(
        ({ status }) => status,
        (error: unknown) => String(error),
      ),
    );
  }
}

await askSpotify();
