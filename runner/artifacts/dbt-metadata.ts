/** The run that writes artefacts. */
export interface Invocation {
  readonly runId: string;
  /** ISO time. */
  readonly generatedAt: string;
}

/** The head of each artefact: which of dbt's schemas it follows, and of which dbt its form is. */
export function metadata(artifact: string, version: number, { runId, generatedAt }: Invocation): object {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${artifact}/v${version}.json`,
    dbt_version: "1.11.0",
    generated_at: generatedAt,
    invocation_id: runId,
    env: {},
  };
}

/** `silver.plays` with its database and quotes, as dbt names relations. */
export function relationName(relation: string): string {
  return ["warehouse", ...relation.split(".")].map((part) => `"${part}"`).join(".");
}
