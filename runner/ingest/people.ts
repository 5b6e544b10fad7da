import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Diagnostic } from "../diagnostics.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { isMissing } from "../warehouse/durable-files.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { anotherDataDir } from "./check-account.ts";
import type { Landing } from "./landings.ts";
import { recogniseSource } from "./recognise-source.ts";
import { sourceFiles } from "./source-files.ts";
import type { Refusal } from "./source-reader.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Turns what must not be written down, a user name or a path, into a code that is the same within one data folder only. */
export type Disguise = (text: string) => string;

/** The disguise of a data folder, by a secret salt that is made at the first use, readable by the owner alone, and moves with bronze. */
export async function openDisguise(dataDir: string): Promise<Disguise> {
  const salt = await readSalt(join(dataPaths(dataDir).bronze, "salt"));
  return (text) => createHmac("sha256", salt).update(text).digest("hex").slice(0, 16);
}

/** A failure when the files at the paths name more than one listener; the first place of each is told, never the names. */
export async function findSeveralPeople(paths: readonly string[], dataDir: string): Promise<Diagnostic | undefined> {
  const placeOf = new Map<string, string>();
  for (const path of paths) {
    for await (const found of sourceFiles(path, dataDir)) {
      const name = found.kind === "file" ? await userNameOf(found.file) : undefined;
      if (name !== undefined && found.kind === "file" && !placeOf.has(name)) placeOf.set(name, found.file.path);
    }
  }
  const places = [...placeOf.values()];
  const [first, ...others] = places;
  if (first === undefined || others.length === 0) return undefined;
  const message = `is of another listener than ${others.join(", ")}: the user names differ, so nothing of them landed`;
  return { path: first, message, hint: anotherDataDir };
}

/** Lets in the one listener that the landings so far are of, or else the first that comes; says why another cannot land. */
export function admitOne(landings: readonly Pick<Landing, "person">[]): (person: string) => Refusal | undefined {
  let known = landings.find(({ person }) => person !== null)?.person ?? undefined;
  return (person) => {
    known ??= person;
    if (known === person) return undefined;
    return { message: "is of another listener than what has landed here: the user names differ", hint: anotherDataDir };
  };
}

async function userNameOf(file: Parameters<typeof recogniseSource>[0]): Promise<string | undefined> {
  if (file.refusal !== undefined) return undefined;
  try {
    return (await recogniseSource(file))?.userName;
  } catch (error) {
    // Said where the file would land.
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}

async function readSalt(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
    const salt = randomBytes(32).toString("hex");
    await writeWhole(path, salt);
    return salt;
  }
}
