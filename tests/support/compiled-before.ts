import { cp, mkdir, rename } from "node:fs/promises";
import { join, resolve } from "node:path";

/** What the runner keeps by the content it was made from, wherever the project lies. */
const documents = ["project", "settings", "manifest"].flatMap((name) => [`${name}.json`, `${name}.seal`]);
const caches = ["sql-reads.json", "columns.json", ...documents];

const kept = resolve(import.meta.dirname, "../../target/lives");

/** Lets a copy of the project, or of a part that has a name, start from what is known of its SQL, as a project that is compiled again does. */
export async function takeCaches(root: string, part: string): Promise<void> {
  await copyAll(join(kept, part), join(root, "target"));
}

/** Keeps what a copy came to know for the next one. */
export async function keepCaches(root: string, part: string): Promise<void> {
  await copyAll(join(root, "target"), join(kept, part));
}

async function copyAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of caches) {
    const scratch = join(to, `${name}.${process.pid}`);
    try {
      await cp(join(from, name), scratch);
    } catch {
      // Nothing was compiled there.
      continue;
    }
    await rename(scratch, join(to, name));
  }
}
