import type { Effects } from "./effects.ts";

/** Where exports go when the environment says it; null when it does not. */
export function postgresUrl({ environment }: Pick<Effects, "environment">): string | null {
  // An empty line in .env says nothing either.
  const url = environment["POSTGRES_URL"]?.trim();
  return url === undefined || url === "" ? null : url;
}

/** Whether the environment names a Superset, which shows what an export sends. */
export function isSupersetNamed({ environment }: Pick<Effects, "environment">): boolean {
  return (environment["SUPERSET_URL"]?.trim() ?? "") !== "";
}
