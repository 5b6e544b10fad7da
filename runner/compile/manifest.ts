import type { NamedSelector } from "../project/selector-file.ts";
import type { Dashboard } from "../project/dashboard.ts";
import type {
  ColumnConfig,
  CustomTest,
  DataTest,
  IncrementalStrategy,
  Materialization,
  Place,
  SchemaChange,
  TestSettings,
} from "../project/project.ts";
import type { Checksums } from "./checksums.ts";
import type { SourceMap } from "./source-map.ts";

/** A column of a node, by the node's unique id. */
export interface ColumnReference {
  readonly uniqueId: string;
  readonly column: string;
}

/** A column of a node's rows as DuckDB binds them. */
export interface BoundColumn {
  readonly name: string;
  /** As DuckDB writes it: `DECIMAL(18,3)`. */
  readonly type: string;
  /** Columns upstream that its values are made of, none for a constant; null where its SQL does not tell. */
  readonly from: readonly ColumnReference[] | null;
}

interface NodeBase {
  /** `model.tonearm.plays`, `seed.tonearm.mood_quadrants`, `source.tonearm.bronze.listening_history`. */
  readonly uniqueId: string;
  readonly name: string;
  readonly schema: string;
  /** As SQL writes it: `silver.plays`. */
  readonly relation: string;
  readonly path: string;
  readonly description: string;
  readonly columns: readonly Pick<ColumnConfig, "name" | "description" | "dataType">[];
  /** All of its columns in their order; empty until it is bound. */
  readonly boundColumns: readonly BoundColumn[];
  readonly tags: readonly string[];
  /** When it fails, nothing is published. */
  readonly critical: boolean;
  /** Nodes it names, ephemeral ones included. */
  readonly dependsOn: readonly string[];
  /** Relations it reads: `dependsOn` with ephemeral models replaced by what these read. */
  readonly reads: readonly string[];
}

export interface SourceNode extends NodeBase {
  readonly resourceType: "source";
}

export interface SeedNode extends NodeBase {
  readonly resourceType: "seed";
  readonly sha256: string;
}

export interface ModelNode extends NodeBase {
  readonly resourceType: "model";
  readonly materialized: Materialization;
  readonly uniqueKey: readonly string[];
  readonly incrementalStrategy: IncrementalStrategy;
  readonly onSchemaChange: SchemaChange;
  /** The column whose values are its partitions; null unless materialized partitioned. */
  readonly partitionBy: string | null;
  /** What it reads by partitions, and by which column of theirs: all mentions stand under a filter by {{changed_partitions}}. */
  readonly partitionedInputs: readonly { readonly uniqueId: string; readonly column: string }[];
  /** How it is trained, as its file has it; null unless materialized trained_model. */
  readonly training: Readonly<Record<string, unknown>> | null;
  /** Name of the trained model whose champion scores its rows; null unless materialized predictions. */
  readonly scoredBy: string | null;
  /** The SELECT with `is_incremental` false. */
  readonly compiledCode: string;
  readonly sourceMap: SourceMap;
  /** The SELECT with `is_incremental` true; null unless materialized incremental or partitioned. */
  readonly incrementalCode: string | null;
  readonly incrementalSourceMap: SourceMap | null;
}

export type ManifestNode = SourceNode | SeedNode | ModelNode;

/** A test that is written as a SELECT. */
interface CompiledSelect {
  readonly compiledCode: string;
  readonly sourceMap: SourceMap;
}

export interface ManifestTest {
  readonly uniqueId: string;
  readonly name: string;
  readonly test: DataTest | (CompiledSelect & ({ readonly kind: "singular" } | CustomTest));
  /** What the test looks at, its `where` included; null for a singular test, whose SQL says it. */
  readonly relation: string | null;
  /** The other relation of a relationships test. */
  readonly toRelation: string | null;
  readonly settings: TestSettings;
  readonly description: string;
  readonly path: string;
  readonly place: Place;
  /** The node below which it is declared; null for a singular test. */
  readonly attachedNode: string | null;
  /** Nodes it names, ephemeral ones included. */
  readonly dependsOn: readonly string[];
  /** Nodes whose rows it reads. */
  readonly reads: readonly string[];
  /** The last of them in topological order: its transaction runs the test. */
  readonly gate: string;
}

/** A unit test as others name it; its rows stay in the project. */
export interface ManifestUnitTest {
  /** `unit_test.tonearm.play_sessions.one_session`. */
  readonly uniqueId: string;
  readonly name: string;
  readonly model: string;
  readonly description: string;
  readonly path: string;
  readonly place: Place;
  /** The model. */
  readonly dependsOn: readonly string[];
}

/** The compiled project: what there is to build, in which order, and by which SQL. */
export interface Manifest {
  readonly project: string;
  readonly root: string;
  /** Unique ids, upstream first. */
  readonly order: readonly string[];
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly tests: readonly ManifestTest[];
  readonly unitTests: readonly ManifestUnitTest[];
  readonly dashboards: readonly Dashboard[];
  readonly selectors: readonly NamedSelector[];
  /** Unique id of a model, data test or macro → names of the macros that it calls, and that these call; who calls none is left out. */
  readonly macros: Readonly<Record<string, readonly string[]>>;
  /** Unique id of any of these → hashes of its parts, for --state. */
  readonly checksums: Readonly<Record<string, Checksums>>;
}
