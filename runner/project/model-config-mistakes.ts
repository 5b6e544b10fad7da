import type { ModelConfig } from "./project.ts";

interface Mistake {
  readonly message: string;
  readonly hint: string;
}

interface Rule extends Mistake {
  readonly isBroken: (config: ModelConfig) => boolean;
}

const rules: readonly Rule[] = [
  {
    isBroken: ({ materialized, critical }) => materialized === "view" && !critical,
    message: "a view is allowed only in a critical folder",
    hint: "a view that is held would show new rows below it; write materialized: table",
  },
  ...(["delete+insert", "merge"] as const).map((strategy) => ({
    isBroken: ({ materialized, incrementalStrategy, uniqueKey }: ModelConfig) =>
      materialized === "incremental" && incrementalStrategy === strategy && uniqueKey.length === 0,
    message: `incremental_strategy ${strategy} needs a unique_key`,
    hint: "add unique_key: <column>, or write incremental_strategy: append",
  })),
  ...pair("partitioned", "partition_by", {
    needs: "a partitioned model needs partition_by",
    isGiven: ({ partitionBy }) => partitionBy !== null,
    hint: "write partition_by: <column> and materialized: partitioned",
  }),
  ...pair("trained_model", "training", {
    needs: "a trained_model needs training",
    isGiven: ({ training }) => training !== null,
    hint: "write training: { task: regression, label: <column>, key: <column>, group: <column> } and materialized: trained_model",
  }),
  ...pair("predictions", "scored_by", {
    needs: "predictions need scored_by",
    isGiven: ({ scoredBy }) => scoredBy !== null,
    hint: "write scored_by: <trained model> and materialized: predictions",
  }),
];

/** What a model's settings say that does not go together. */
export function configMistakes(config: ModelConfig): readonly Mistake[] {
  return rules.filter(({ isBroken }) => isBroken(config)).map(({ message, hint }) => ({ message, hint }));
}

/** A materialization and the key that belongs to it and to no other. */
function pair(
  materialized: ModelConfig["materialized"],
  key: string,
  of: { readonly needs: string; readonly isGiven: (config: ModelConfig) => boolean; readonly hint: string },
): readonly Rule[] {
  const { needs, isGiven, hint } = of;
  return [
    { isBroken: (config) => config.materialized === materialized && !isGiven(config), message: needs, hint },
    {
      isBroken: (config) => config.materialized !== materialized && isGiven(config),
      message: `${key} belongs to materialized: ${materialized}`,
      hint,
    },
  ];
}
