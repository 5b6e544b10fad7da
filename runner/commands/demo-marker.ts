import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { Project } from "../project/project.ts";
import { readJsonFile } from "../warehouse/json-file.ts";

const markerSchema = z.strictObject({ notice: z.string(), timezone: z.string(), export: z.string() });

/** What a data folder of made-up data says of itself: the sentence to show, its time zone, and SHA-256 of its export. */
export type DemoMarker = z.infer<typeof markerSchema>;

/** The marker of a demo's data folder; null for a real life. */
export async function readDemoMarker(dataDir: string): Promise<DemoMarker | null> {
  const hint = "Remove the data folder and make the demo anew: npm run pipeline -- --demo.";
  return readJsonFile(markerPath(dataDir), markerSchema, { message: "the mark of made-up data cannot be read", hint });
}

/** Marks a data folder as one of made-up data. */
export async function writeDemoMarker(dataDir: string, marker: DemoMarker): Promise<void> {
  await writeFile(markerPath(dataDir), `${JSON.stringify(marker, null, 2)}\n`);
}

/** The project with "Demo data." before every description, so that every comment in the warehouse says it. */
export function labelDemo(project: Project): Project {
  const label = <T extends { readonly description: string }>(documented: T): T => ({
    ...documented,
    description: `Demo data. ${documented.description}`,
  });
  return { ...project, models: project.models.map(label), sources: project.sources.map(label) };
}

function markerPath(dataDir: string): string {
  return join(dataDir, "demo.json");
}
