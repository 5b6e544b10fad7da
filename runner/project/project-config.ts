import * as z from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import { type AlertsConfig, alertsSchema, type HealthConfig, healthSchema, readAlertsConfig } from "./alert-config.ts";
import { documentationShape, readDocumentation, requireDataTypes } from "./documentation.ts";
import {
  incrementalStrategies,
  materializations,
  schemaChanges,
  type SourceTable,
  type VarValue,
  type WarehouseConfig,
} from "./project.ts";
import { readSchedules, type ScheduleConfig, schedulesSchema } from "./schedules.ts";
import { parseYamlDocument, parseYamlValue, type YamlDocument } from "./yaml-document.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const folderDefaults = z.strictObject({
  schema: z.string().optional(),
  materialized: z.enum(materializations).optional(),
  critical: z.boolean().optional(),
  incremental_strategy: z.enum(incrementalStrategies).optional(),
  on_schema_change: z.enum(schemaChanges).optional(),
  tags: z.array(z.string()).default([]),
});

const projectSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, "a name of lower-case letters, digits and _"),
  vars: z.record(z.string(), z.union([scalar, z.array(scalar)])).default({}),
  warehouse: z
    .strictObject({
      memory_limit: z.string().nullable().default(null),
      threads: z.int().positive().nullable().default(null),
      keep_releases: z.int().positive().default(3),
      keep_days: z.number().positive().nullable().default(null),
    })
    .default({ memory_limit: null, threads: null, keep_releases: 3, keep_days: null }),
  alerts: alertsSchema,
  health: healthSchema,
  models: z.record(z.string(), folderDefaults).default({}),
  schedules: schedulesSchema.default({ preset: "six_hours", keep_runs_days: 90, stages: {} }),
  sources: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().default(""),
        tables: z.array(z.strictObject({ name: z.string(), ...documentationShape })),
      }),
    )
    .default([]),
});

export type FolderDefaults = z.infer<typeof folderDefaults>;

export interface ProjectConfig {
  readonly name: string;
  readonly vars: Readonly<Record<string, VarValue>>;
  readonly warehouse: WarehouseConfig;
  readonly alerts: AlertsConfig;
  readonly health: HealthConfig;
  readonly schedules: ScheduleConfig;
  readonly folders: Readonly<Record<string, FolderDefaults>>;
  readonly sources: readonly SourceTable[];
  readonly document: YamlDocument;
  readonly file: { readonly path: string; readonly text: string };
}

/** `project.yml`, checked key by key; undefined when it could not be read at all. */
export function parseProjectConfig(path: string, text: string, diagnostics: Diagnostic[]): ProjectConfig | undefined {
  const document = parseYamlDocument({ path, text }, diagnostics);
  if (document === undefined) return undefined;
  const yaml = parseYamlValue(projectSchema, { document, value: document.value, path: [] }, diagnostics);
  if (yaml === undefined) return undefined;
  return {
    name: yaml.name,
    vars: yaml.vars,
    warehouse: {
      memoryLimit: yaml.warehouse.memory_limit,
      threads: yaml.warehouse.threads,
      keepReleases: yaml.warehouse.keep_releases,
      keepDays: yaml.warehouse.keep_days,
    },
    alerts: readAlertsConfig(yaml.alerts),
    health: yaml.health,
    schedules: readSchedules(yaml.schedules, document, diagnostics),
    folders: yaml.models,
    sources: readSources(yaml.sources, document, diagnostics),
    document,
    file: { path, text },
  };
}

function readSources(
  sources: z.infer<typeof projectSchema>["sources"],
  document: YamlDocument,
  diagnostics: Diagnostic[],
): SourceTable[] {
  return sources.flatMap((source, sourceIndex) =>
    source.tables.map((table, tableIndex) => {
      const at = { document, path: ["sources", sourceIndex, "tables", tableIndex] };
      const documented = readDocumentation(table, at, diagnostics);
      requireDataTypes(documented, at, diagnostics);
      const place = document.place([...at.path, "name"]);
      return { schema: source.name, name: table.name, path: document.path, place, ...documented };
    }),
  );
}
