import { ProjectError } from "../diagnostics.ts";
import type { Landing } from "./landings.ts";

/** What to do with the files of someone else. */
export const anotherDataDir =
  "A warehouse holds one person's listening. Give tonearm one person's files at a time, and another person a data folder of\n" +
  "their own: DATA_DIR=data/<their name> npm run pipeline (their inbox is data/<their name>/inbox).";

/** Throws a ProjectError when what has landed so far was landed as another account. */
export function checkAccount(landings: readonly Pick<Landing, "account">[], account: string): void {
  const other = landings.find((landing) => landing.account !== null && landing.account !== account)?.account;
  if (other === undefined || other === null) return;
  const message = `is '${account}', but what has landed here is the account '${other}'`;
  throw new ProjectError(
    [{ path: "the var account", message, hint: `Set account to '${other}' again. ${anotherDataDir}` }],
    1,
  );
}
