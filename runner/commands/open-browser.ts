import { spawn } from "node:child_process";
import { once } from "node:events";

/** Shows an address in the user's browser; fails where the system has no command for it. */
export async function openBrowser(url: string): Promise<void> {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  // Without the terminal, which a browser of text would take over.
  const child = spawn(command, [url], { stdio: "ignore", detached: true });
  await once(child, "spawn");
  child.unref();
}
