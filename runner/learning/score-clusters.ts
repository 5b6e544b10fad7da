import { assignClusters, centroidDistances } from "./algorithms/clusters.ts";
import { featureTable, takeRows } from "./algorithms/feature-table.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import { readClusters } from "./cluster-version.ts";
import { type ColumnarRows, columnOf, numbersOf } from "./columnar-rows.ts";
import type { ModelVersion } from "./model-version.ts";

/** A row's cluster and how far from its centre the row lies, in standard deviations; null where a feature is missing. */
export interface ClusterScore {
  readonly cluster: number | null;
  readonly distance: number | null;
}

/** The nearest cluster of each row. A column that is gone is named. */
export function scoreClusters(
  { version, record, artefact }: ModelVersion,
  rows: ColumnarRows,
): readonly ClusterScore[] {
  try {
    const table = featureTable(
      Object.fromEntries(record.features.map((name) => [name, numbersOf(columnOf(rows, name, "the feature"), name)])),
    );
    const model = readClusters(artefact);
    const isWhole = (row: number): boolean => table.columns.every((column) => !Number.isNaN(column[row]));
    const whole = Array.from({ length: table.rowCount }, (_, row) => row).filter(isWhole);
    const clustered = takeRows(table, whole);
    const [numbers, distances] = [assignClusters(clustered, model), centroidDistances(clustered, model)];
    const places = new Map(whole.map((row, place) => [row, place]));
    return Array.from({ length: table.rowCount }, (_, row) => {
      const place = places.get(row) ?? -1;
      return { cluster: numbers[place] ?? null, distance: distances[place] ?? null };
    });
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    const message = `Version ${version} of ${record.model} cannot cluster these rows. ${error.message}`;
    throw new TrainingDataError(message, { cause: error });
  }
}
