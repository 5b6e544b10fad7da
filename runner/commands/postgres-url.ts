import type { Effects } from "./effects.ts";

/** Where exports go when the environment says it; null when it does not. */
export function postgresUrl(effects: Pick<Effects, "environment">): string | null {
  return setting("POSTGRES_URL", effects);
}

/** The Superset that shows what an export sends; null when the environment names none. */
export function supersetUrl(effects: Pick<Effects, "environment">): string | null {
  return setting("SUPERSET_URL", effects);
}

// An empty line in .env says nothing either.
function setting(name: string, { environment }: Pick<Effects, "environment">): string | null {
  const text = environment[name]?.trim() ?? "";
  return text === "" ? null : text;
}
