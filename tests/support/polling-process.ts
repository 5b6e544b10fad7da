import type { ChildProcess } from "node:child_process";
import { join, resolve } from "node:path";

import { saveTokens } from "../../runner/spotify/token-store.ts";
import { type FakeSpotify, withFakeSpotify } from "./fake-spotify.ts";
import { inScratchFolder } from "./scratch-folder.ts";
import { benchTokens } from "./spotify-bench.ts";
import { type Outcome, outcomeOf, startTonearm } from "./tonearm.ts";

/** A data folder with a login, which processes of the real command line poll by the machine's clock. */
export interface PollingProcesses {
  readonly fake: FakeSpotify;
  readonly dataDir: string;
  readonly start: (more?: Readonly<Record<string, string>>) => ChildProcess;
  /** Polls to the end and gives what was printed. */
  readonly run: (more?: Readonly<Record<string, string>>) => Promise<Outcome>;
}

const repository = resolve(import.meta.dirname, "../..");

/** Runs a test with a fake Spotify that processes can poll; `more` is environment beside what names the fake. */
export async function withPollingProcesses(use: (polling: PollingProcesses) => Promise<void>): Promise<void> {
  await inScratchFolder((root) =>
    withFakeSpotify(
      () => new Date(),
      async (fake) => {
        const dataDir = join(root, "data");
        await saveTokens(dataDir, benchTokens(fake));
        const vars = Object.entries(fake.vars).map(([name, value]) => [`TONEARM_${name.toUpperCase()}`, value]);
        const environment = { DATA_DIR: dataDir, TONEARM_TIMEZONE: "UTC", ...Object.fromEntries(vars) };
        const start: PollingProcesses["start"] = (more) =>
          startTonearm(["ingest", "spotify"], { cwd: repository, environment: { ...environment, ...more } });
        await use({ fake, dataDir, start, run: (more) => outcomeOf(start(more)) });
      },
    ),
  );
}
