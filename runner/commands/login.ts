import * as z from "zod";

import { loadProjectSettings } from "../project/load-project.ts";
import { login as logIn } from "../spotify/login.ts";
import { loginEnd } from "../spotify/login-end.ts";
import type { Effects } from "./effects.ts";
import { openBrowser } from "./open-browser.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { openSpotify } from "./spotify-context.ts";
import { withTypedLines } from "./typed-lines.ts";

export const loginOptions = z.strictObject(projectOptions);

/** Lets the user agree in the browser, or by pasting the address it ends at, and says when the next login is due. */
export async function login(options: z.infer<typeof loginOptions>, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects, loadProjectSettings);
  const context = openSpotify(loaded, "tonearm login", effects);
  const { print } = effects;
  const { authorizedAt } = await withTypedLines((readLine) => logIn(context, { print, openBrowser, readLine }));
  const { daysLeft, endsAt } = loginEnd(authorizedAt, authorizedAt);
  print("");
  print(`Logged in. The next login is due in ${daysLeft} days, by ${endsAt.toISOString().slice(0, 10)}.`);
  print("npm run ingest -- spotify lands your last plays; npm run disconnect takes all of it back.");
  return 0;
}
