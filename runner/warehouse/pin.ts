import { rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { dataPaths } from "./data-folder.ts";
import { writePrivately } from "./durable-files.ts";
import { readJsonFile } from "./json-file.ts";
import { readCurrentRelease } from "./releases.ts";
import { withStorageErrors } from "./storage-errors.ts";

const pinSchema = z
  .strictObject({
    release: z.int().positive(),
    /** Id of the rollback that pinned it. */
    runId: z.string(),
    since: z.iso.datetime(),
  })
  .readonly();

/** A release that scheduled builds leave alone, because somebody went back to it. */
export type Pin = z.infer<typeof pinSchema>;

/** The pin that holds; null without one, and when it names another release than the current one: a later publish ends a pin. */
export async function readPin(dataDir: string): Promise<Pin | null> {
  const pin = await readPinFile(dataDir);
  return pin !== null && pin.release === (await readCurrentRelease(dataDir))?.number ? pin : null;
}

/** Pins a release; it holds from the moment that release is the current one. */
export async function writePin(dataDir: string, pin: Pin): Promise<void> {
  await writePrivately(pinPath(dataDir), `${JSON.stringify(pin)}\n`);
}

/** Ends a pin, also one that no longer holds. */
export async function removePin(dataDir: string): Promise<void> {
  await withStorageErrors(pinPath(dataDir), () => rm(pinPath(dataDir), { force: true }));
}

/** Removes what names another release than the current one: a rollback that was killed, or a pin that a publish ended. */
export async function sweepPin(dataDir: string, current: number | undefined): Promise<void> {
  const pin = await readPinFile(dataDir);
  if (pin !== null && pin.release !== current) await removePin(dataDir);
}

async function readPinFile(dataDir: string): Promise<Pin | null> {
  const hint = "Remove the file to let scheduled builds go on, or pin a release anew: npm run rollback.";
  return readJsonFile(pinPath(dataDir), pinSchema, { message: "the pin cannot be read", hint });
}

function pinPath(dataDir: string): string {
  return join(dataPaths(dataDir).releases, "pinned.json");
}
