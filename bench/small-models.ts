import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { prng } from "../runner/prng.ts";

/** A one-line view and the views it reads. */
export interface View {
  readonly name: string;
  readonly parents: readonly string[];
}

/** So many views in layers of a hundred, of which each reads up to three of the layer before. */
export function makeViews(count: number): readonly View[] {
  const random = prng("thousand views");
  const name = (index: number): string => `m${String(index).padStart(4, "0")}`;
  return Array.from({ length: count }, (_, index) => {
    const layer = Math.floor(index / 100);
    const isRoot = layer === 0 || index % 10 === 0;
    const start = (layer - 1) * 100;
    const candidates = Array.from({ length: 100 }, (__, at) => name(start + at));
    return { name: name(index), parents: isRoot ? [] : random.shuffled(candidates).slice(0, 1 + (index % 3)) };
  });
}

/** The SELECT of a view; `ref` writes the name of another one. */
export function selectOf({ name, parents }: View, ref: (name: string) => string): string {
  const [first, ...others] = parents;
  if (first === undefined) return `select ${Number(name.slice(1))} as id, ${Number(name.slice(1)) * 2} as value`;
  const joins = others.map((other, at) => ` left join ${ref(other)} as j${at} on j${at}.id = a.id`);
  return `select a.id, a.value + 1 as value from ${ref(first)} as a${joins.join("")}`;
}

/** A project of these views. */
export async function writeViews(root: string, views: readonly View[]): Promise<void> {
  await mkdir(join(root, "models/silver"), { recursive: true });
  await writeFile(
    join(root, "project.yml"),
    "name: synth\nvars:\n  timezone: UTC\nwarehouse: { threads: 2 }\nmodels:\n  silver: { schema: silver, critical: true, materialized: view }\n",
  );
  for (const view of views) {
    const sql = selectOf(view, (name) => `{{ref '${name}'}}`);
    await writeFile(join(root, `models/silver/${view.name}.sql`), `/*--- { description: A view. } ---*/\n${sql}\n`);
  }
}
