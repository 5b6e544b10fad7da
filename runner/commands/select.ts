import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import * as z from "zod";

import type { Manifest } from "../compile/manifest.ts";
import { ProjectError } from "../diagnostics.ts";
import { parseChecksums, parseResults, type PreviousState } from "../graph/previous-state.ts";
import type { Resource } from "../graph/resources.ts";
import { type Selection, selectNodes, selectResources } from "../graph/select-nodes.ts";
import type { Effects } from "./effects.ts";

/** A selection, with the folder that holds the state it compares with. */
export interface StatefulSelection extends Selection {
  readonly state?: string | undefined;
}

/** Unique ids of the selected nodes in topological order, by the state of --state where a selector asks for it. */
export async function readSelectedNodes(
  manifest: Manifest,
  selection: StatefulSelection,
  effects: Pick<Effects, "cwd">,
): Promise<readonly string[]> {
  return selectNodes(manifest, selection, await readPreviousState(manifest, selection, effects));
}

/** The same of everything that can be selected: nodes, data tests, unit tests, dashboards. */
export async function readSelectedResources(
  manifest: Manifest,
  selection: StatefulSelection,
  effects: Pick<Effects, "cwd">,
): Promise<readonly Resource[]> {
  return selectResources(manifest, selection, await readPreviousState(manifest, selection, effects));
}

async function readPreviousState(
  manifest: Manifest,
  { select, exclude, selector, state }: StatefulSelection,
  { cwd }: Pick<Effects, "cwd">,
): Promise<PreviousState> {
  const named = selector === undefined ? [] : [JSON.stringify(manifest.selectors)];
  const asks = (method: string): boolean =>
    [...select, ...exclude, ...named].some((text) => text.includes(`${method}:`));
  const folder = state === undefined ? null : resolve(cwd, state);
  if (asks("state") && folder === null) {
    const hint = "--state <folder>: a copy of target/ as it was then";
    throw new ProjectError([
      { path: "--select", message: "state: needs an older manifest.json to compare with", hint },
    ]);
  }
  return {
    checksums: asks("state") && folder !== null ? await read(join(folder, "manifest.json"), parseChecksums) : {},
    // Without --state, the last run.
    results: asks("result")
      ? await read(join(folder ?? join(manifest.root, "target"), "run_results.json"), parseResults)
      : {},
  };
}

async function read<T>(path: string, parse: (value: unknown) => T): Promise<T> {
  try {
    return parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const isOther = error instanceof z.ZodError || error instanceof SyntaxError;
    const message = isOther ? "is of another version, or no file of tonearm" : "cannot be read";
    const hint = "a build or compile writes it into target/; copy that folder before it is overwritten";
    throw new ProjectError([{ path, message, hint }], 2, { cause: error });
  }
}
