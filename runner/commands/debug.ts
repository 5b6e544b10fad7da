import * as z from "zod";

import { redact } from "../alerts/redact.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { checkClock } from "./debug/check-clock.ts";
import { checkDisk, checkRights } from "./debug/check-machine.ts";
import { checkConfiguration, checkRelease } from "./debug/check-project.ts";
import {
  checkDeliveries,
  checkHeartbeat,
  checkMail,
  checkPostgres,
  checkSuperset,
  checkWebhook,
} from "./debug/check-services.ts";
import { checkToken } from "./debug/check-token.ts";
import { type Check, type CheckContext, type Finding, findingsOf } from "./debug/finding.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";

export const debugOptions = z.strictObject({
  ...projectOptions,
  send: z.boolean().default(false).describe("send a test mail and a test message"),
});

const checks = {
  configuration: checkConfiguration,
  rights: checkRights,
  disk: checkDisk,
  clock: checkClock,
  release: checkRelease,
  token: checkToken,
  postgres: checkPostgres,
  mail: checkMail,
  webhook: checkWebhook,
  heartbeat: checkHeartbeat,
  alerts: checkDeliveries,
  superset: checkSuperset,
} satisfies Record<string, Check>;

const words = { ok: "ok", off: "-", look: "look", wrong: "WRONG" } satisfies Record<Finding["level"], string>;

/** Checks what runs need and says what to mend; 1 when something is wrong. */
export async function debug(options: z.infer<typeof debugOptions>, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects, loadProjectSettings);
  if (loaded.notice !== null) effects.print(loaded.notice);
  const context = { loaded, effects, send: options.send };
  const found = Object.entries<Check>(checks).map(([name, check]) => ({ name, findings: run(check, context) }));
  const all: Finding[] = [];
  for (const { name, findings } of found) {
    const ofCheck = await findings;
    all.push(...ofCheck);
    for (const line of ofCheck.flatMap((finding, at) => render(at === 0 ? name : "", finding)))
      effects.print(redact(line, effects.environment));
  }
  const count = all.filter(({ level }) => level === "wrong").length;
  effects.print(count === 0 ? "\nNothing is wrong." : `\n${count} to mend.`);
  return count === 0 ? 0 : 1;
}

async function run(check: Check, context: CheckContext): Promise<readonly Finding[]> {
  try {
    return await check(context);
  } catch (error) {
    return findingsOf(error);
  }
}

function render(name: string, { level, text, hint }: Finding): readonly string[] {
  const [first = "", ...rest] = text.split("\n");
  const indent = " ".repeat(22);
  const more = [...rest, ...(hint === undefined ? [] : hint.split("\n").map((line) => `→ ${line}`))];
  return [
    `${name.padEnd(15)}${words[level].padEnd(7)}${first}`,
    ...more.map((line) => (line === "" ? "" : indent + line)),
  ];
}
