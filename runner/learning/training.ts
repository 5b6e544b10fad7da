import type { ColumnarRows } from "./columnar-rows.ts";
import type { ModelConfig } from "./model-config.ts";
import type { Decision } from "./decision.ts";
import type { Evidence } from "./evidence.ts";
import type { ModelVersion, TrainedModel, VersionRecord } from "./model-version.ts";

/** Everything a training depends on. */
export interface TrainingInput<Config = ModelConfig> {
  readonly model: string;
  readonly config: Config;
  readonly rows: ColumnarRows;
  readonly champion: ModelVersion | null;
  readonly lastDecision: Decision | null;
  /** Stays the same from training to training: it fixes which groups are held out. */
  readonly seed: string;
  /** ISO, UTC. */
  readonly now: string;
  readonly origin: VersionRecord["origin"];
  /** Trains also where nothing changed. */
  readonly isForced?: boolean;
}

/** What became of a training; `baseline` is there when it is to serve instead of the challenger. */
export type TrainingResult =
  | {
      readonly status: "refused";
      readonly problems: readonly string[];
      /** Whether there are merely too few rows yet. */
      readonly isTooEarly: boolean;
    }
  | { readonly status: "skipped"; readonly reason: string }
  | {
      readonly status: "trained";
      readonly decision: Decision;
      readonly challenger: TrainedModel;
      readonly baseline: TrainedModel | null;
      /** What the decision rests on, row by row, for tables of its own. */
      readonly evidence: Evidence | null;
      readonly warnings: readonly string[];
    };
