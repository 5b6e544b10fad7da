import { existsSync } from "node:fs";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

/** The browser that is there, for playwright-core. */
export const browser = {
  executablePath: chromium ?? "",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
};

/** Why nothing can be looked at in a browser, where there is none. */
export function whyNoBrowser(): string | false {
  return chromium === undefined ? "chromium is not installed (Debian: apt install chromium)" : false;
}
