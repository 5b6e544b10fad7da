import * as z from "zod";

/** Bytes of "500MB", "1GB" and the like, as DuckDB writes sizes: decimal units, binary ones with an i. */
const size = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([KMGT]i?)?B$/i, "a size such as 500MB or 1GB")
  .transform(parseSize);

/** `alerts:` in project.yml. Addresses, servers and passwords are no settings: they stand in the environment. */
export const alertsSchema = z
  .strictObject({
    remind_every: z.int().positive().default(12),
    min_free_disk: size.default(1e9),
    heartbeat_stages: z.array(z.string()).default(["build"]),
  })
  .prefault({});

/** `health:` in project.yml. */
export const healthSchema = z.strictObject({ port: z.int().min(0).max(65_535).nullable().default(null) }).prefault({});

export interface AlertsConfig {
  /** An open incident is told again after so many more failures. */
  readonly remindEvery: number;
  /** Bytes; below it there is a warning. */
  readonly minFreeDisk: number;
  /** Stages that ping HEARTBEAT_URL where it has no place for a stage's name. */
  readonly heartbeatStages: readonly string[];
}

export interface HealthConfig {
  /** On 127.0.0.1; 0 takes a free one, null serves nothing. */
  readonly port: number | null;
}

/** The settings under the names the runner uses. */
export function readAlertsConfig(yaml: z.infer<typeof alertsSchema>): AlertsConfig {
  return {
    remindEvery: yaml.remind_every,
    minFreeDisk: yaml.min_free_disk,
    heartbeatStages: yaml.heartbeat_stages,
  };
}

const powers = { k: 1, m: 2, g: 3, t: 4 } as const;

function parseSize(text: string): number {
  const [, number = "0", unit = ""] = /^([\d.]+)\s*([a-z]*)b$/i.exec(text) ?? [];
  const letter = unit.charAt(0).toLowerCase();
  const power = Object.entries(powers).find(([name]) => name === letter)?.[1] ?? 0;
  return Math.round(Number(number) * (unit.length === 2 ? 1024 : 1000) ** power);
}
