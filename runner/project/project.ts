import type { NamedSelector } from "./selector-file.ts";
import type { AlertsConfig, HealthConfig } from "./alert-config.ts";
import type { DashboardFile } from "./dashboard-file.ts";
import type { ScheduleConfig } from "./schedules.ts";

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | boolean | null;
export type VarValue = Scalar | readonly Scalar[];

export const materializations = [
  "view",
  "table",
  "incremental",
  "partitioned",
  "ephemeral",
  "trained_model",
  "predictions",
] as const;
export type Materialization = (typeof materializations)[number];

export const incrementalStrategies = ["append", "delete+insert", "merge"] as const;
export type IncrementalStrategy = (typeof incrementalStrategies)[number];

/** What an incremental or partitioned build does when the columns are no longer those of the table. */
export const schemaChanges = ["ignore", "fail", "append_new_columns", "sync_all_columns"] as const;
export type SchemaChange = (typeof schemaChanges)[number];

export type Severity = "error" | "warn";

/** What a data test checks; it fails on the rows its SQL returns. */
export type DataTest =
  | { readonly kind: "unique"; readonly columns: readonly string[] }
  | { readonly kind: "not_null"; readonly column: string }
  | { readonly kind: "accepted_values"; readonly column: string; readonly values: readonly Scalar[] }
  | { readonly kind: "relationships"; readonly column: string; readonly to: string; readonly field: string }
  | { readonly kind: "range"; readonly column: string; readonly min: number | null; readonly max: number | null }
  | { readonly kind: "row_count"; readonly min: number | null; readonly max: number | null }
  | { readonly kind: "expression"; readonly expression: string };

export type DataTestKind = DataTest["kind"];

/** A data test of the project's own: a template below tests/generic with its arguments. */
export interface CustomTest {
  readonly kind: "custom";
  readonly name: string;
  /** Null below a model. */
  readonly column: string | null;
  readonly args: Readonly<Record<string, VarValue>>;
}

/** A number of failures and how it is compared: `> 10`. */
export interface Threshold {
  readonly operator: ThresholdOperator;
  readonly count: number;
}

export const thresholdOperators = ["=", "!=", "<", "<=", ">", ">="] as const;
export type ThresholdOperator = (typeof thresholdOperators)[number];

/** How a data test is run and judged, besides what it checks. */
export interface TestSettings {
  readonly severity: Severity;
  /** Failures that it warns of, and that it fails on; any when null. */
  readonly warnIf: Threshold | null;
  readonly errorIf: Threshold | null;
  /** A condition on the rows that it looks at. */
  readonly where: string | null;
  /** So many failures are counted and no more. */
  readonly limit: number | null;
  /** Whether failing rows are kept: all, those of warnings too; or none. Null: a sample of those that fail. */
  readonly storeFailures: boolean | null;
}

export interface DataTestConfig {
  readonly test: DataTest | CustomTest;
  readonly settings: TestSettings;
  readonly place: Place;
}

export interface ColumnConfig {
  readonly name: string;
  readonly description: string;
  readonly dataType: string | null;
  readonly dataTests: readonly DataTestConfig[];
  readonly place: Place;
}

/** What the folder defaults and a model's own front matter say, folded into one. */
export interface ModelConfig {
  readonly materialized: Materialization;
  readonly schema: string;
  readonly critical: boolean;
  readonly tags: readonly string[];
  readonly uniqueKey: readonly string[];
  readonly incrementalStrategy: IncrementalStrategy;
  readonly onSchemaChange: SchemaChange;
  /** The column whose values are the partitions; null unless materialized partitioned. */
  readonly partitionBy: string | null;
  /** How a trained model is trained on its rows, as the file has it; null for any other. */
  readonly training: Readonly<Record<string, unknown>> | null;
  /** Name of the trained model that scores the rows of predictions; null for any other. */
  readonly scoredBy: string | null;
}

/** What a relation says of itself, whatever kind it is. */
export interface Documented {
  readonly description: string;
  readonly columns: readonly ColumnConfig[];
  readonly dataTests: readonly DataTestConfig[];
}

export interface ModelFile extends Documented {
  readonly name: string;
  /** Relative to the project root, with forward slashes. */
  readonly path: string;
  /** The whole file, front matter included, so that offsets are the file's. */
  readonly text: string;
  /** Where the SQL begins in `text`. */
  readonly sqlOffset: number;
  readonly config: ModelConfig;
  readonly configPlace: Place;
}

export interface SourceTable extends Documented {
  readonly schema: string;
  readonly name: string;
  readonly path: string;
  readonly place: Place;
}

export interface SeedFile extends Documented {
  readonly name: string;
  readonly path: string;
  /** The YAML that describes it. */
  readonly configPath: string;
  readonly configText: string;
  readonly sha256: string;
  readonly place: Place;
}

export interface MacroFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

export interface SingularTest {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly sqlOffset: number;
  readonly description: string;
  readonly settings: TestSettings;
}

/** A data test of the project's own, with its parameters still open. */
export interface GenericTest {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly sqlOffset: number;
}

/** Rows of a unit test: cell by cell, or as SQL. Values of a CSV are texts. */
export type UnitTestRows =
  | { readonly format: "dict" | "csv"; readonly records: readonly Readonly<Record<string, unknown>>[] }
  | { readonly format: "sql"; readonly sql: string };

export interface UnitTestInput {
  /** A model's or seed's name, `schema.table` of a source, or `this`: the model's own rows before an incremental build. */
  readonly input: string;
  readonly rows: UnitTestRows;
  readonly place: Place;
}

/** What a model makes of given rows. */
export interface UnitTest {
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly path: string;
  readonly place: Place;
  readonly given: readonly UnitTestInput[];
  readonly overrides: {
    readonly vars: Readonly<Record<string, VarValue>>;
    /** YYYY-MM-DD; null: the day of the run. */
    readonly runDate: string | null;
    readonly isIncremental: boolean;
  };
  readonly expect: UnitTestRows;
  readonly expectPlace: Place;
  /** Columns that tell one row from another; null: those of the model. */
  readonly key: readonly string[] | null;
}

export interface WarehouseConfig {
  readonly memoryLimit: string | null;
  readonly threads: number | null;
  readonly keepReleases: number;
  /** Null: however old. */
  readonly keepDays: number | null;
}

/** The files of a project, read and checked one by one; nothing in it is resolved against anything else yet. */
export interface Project extends ProjectContent {
  readonly root: string;
}

/** The same wherever it lies. */
export interface ProjectContent {
  readonly name: string;
  readonly vars: Readonly<Record<string, VarValue>>;
  readonly warehouse: WarehouseConfig;
  readonly alerts: AlertsConfig;
  readonly health: HealthConfig;
  readonly schedules: ScheduleConfig;
  readonly models: readonly ModelFile[];
  readonly sources: readonly SourceTable[];
  readonly seeds: readonly SeedFile[];
  readonly macros: readonly MacroFile[];
  readonly singularTests: readonly SingularTest[];
  readonly genericTests: readonly GenericTest[];
  readonly unitTests: readonly UnitTest[];
  readonly dashboards: readonly DashboardFile[];
  readonly selectors: readonly NamedSelector[];
  /** project.yml and the seeds' YAML: files a message may point into. */
  readonly configs: readonly { readonly path: string; readonly text: string }[];
}
