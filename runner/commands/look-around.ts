import { statfs } from "node:fs/promises";

import type { LoginWatch, Watch } from "../alerts/watch.ts";
import { ProjectError } from "../diagnostics.ts";
import { loginEnd } from "../spotify/login-end.ts";
import { readLoginEnded } from "../spotify/login-ended.ts";
import { loadTokens } from "../spotify/token-store.ts";
import type { LoadedProject } from "./project-options.ts";

/** What alerts watch besides runs: the login with Spotify and the disk; what cannot be read is left out. */
export async function lookAround(loaded: LoadedProject): Promise<Omit<Watch, "runs">> {
  const login = await readLogin(loaded);
  const freeDisk = await readFreeDisk(loaded.dataDir);
  return { ...(login !== undefined && { login }), ...(freeDisk !== undefined && { freeDisk }) };
}

async function readLogin({ project, dataDir, notice }: LoadedProject): Promise<LoginWatch | null | undefined> {
  if ((project.vars["spotify_client_id"] ?? null) === null || notice !== null) return null;
  try {
    const tokens = await loadTokens(dataDir);
    if (tokens === null) return { endsAt: null, endedAt: await readLoginEnded(dataDir) };
    return { endsAt: loginEnd(tokens.authorizedAt, new Date(0)).endsAt, endedAt: null };
  } catch (error) {
    if (error instanceof ProjectError) return undefined;
    throw error;
  }
}

async function readFreeDisk(dataDir: string): Promise<number | undefined> {
  const found = await statfs(dataDir).catch(() => undefined);
  return found === undefined ? undefined : found.bavail * found.bsize;
}
