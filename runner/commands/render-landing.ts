import { countText } from "../count-text.ts";
import type { Contradiction } from "../ingest/find-contradictions.ts";
import type { IngestOptions, IngestReport } from "../ingest/ingest.ts";
import { alignTable } from "./text-table.ts";

/** What landed, file by file, with a reason for each rejected row and one line of sums. */
export function renderLanding({ files, failures, ignored }: IngestReport): readonly string[] {
  const landed = files.filter(({ status }) => status === "landed");
  const table = alignTable(
    ["file", "kind", "read", "landed", "rejected", "batch", ""],
    files.map(({ file, kind, rowsRead, rowsLanded, rowsRejected, batchId, status }) =>
      status === "landed"
        ? [file, kind, rowsRead, rowsLanded, rowsRejected, batchId, status]
        : [file, kind, null, null, null, batchId, status],
    ),
  );
  const remarks = landed.flatMap(({ file, rejections, note }) => [
    ...rejections.map(
      ({ reason, rows, firstRow }) => `  ${file}: ${rows} rows rejected: ${reason} (first: row ${firstRow})`,
    ),
    ...(note === null ? [] : [`  ${file}: ${note}`]),
  ]);
  const sum = (count: "rowsRead" | "rowsLanded" | "rowsRejected"): string =>
    countText(landed.reduce((total, file) => total + file[count], 0));
  const summary = [
    `${landed.length} files landed: ${sum("rowsRead")} rows read, ${sum("rowsLanded")} landed, ${sum("rowsRejected")} rejected`,
    `${files.length - landed.length} files had landed before`,
    ...(ignored > 0 ? [`${ignored} others were not opened`] : []),
    ...(failures.length > 0 ? [`${failures.length} could not be read`] : []),
  ];
  return [...(files.length > 0 ? table : []), ...remarks, `${summary.join("; ")}.`];
}

/** Two exports that do not tell of one life, and how to take one out. */
export function renderContradiction(contradiction: Contradiction): string {
  const { newFiles, oldFiles, firstDay, lastDay, titles, shared } = contradiction;
  const share = ((shared / titles) * 100).toFixed(1);
  const names = (files: Contradiction["newFiles"]): string => {
    const [first, ...others] = files.map(({ file }) => file);
    return others.length === 0 ? (first ?? "") : `${first} and ${others.length} more`;
  };
  const batches = newFiles.map(({ batch_id: id }) => id);
  return [
    `warning: ${names(newFiles)} and ${names(oldFiles)} both tell of ${firstDay} to ${lastDay}, but share only ${share} % of what`,
    `was played on each day (${shared} of ${titles}). Are they of two people? To take the new one out again:`,
    `npm run landings -- remove ${batches.join(" ")}`,
  ].join("\n");
}

/** Shows on a terminal which file is read, how many rows have landed, and how fast; ten times a second at most. */
export function showLanding(show: (line: string) => void, now: () => Date): NonNullable<IngestOptions["progress"]> {
  const started = now().getTime();
  let [shownAt, done, rows, bytesDone] = [0, 0, 0, 0];
  const line = (file: string, bytes: number): void => {
    const at = now().getTime();
    if (at - shownAt < 100) return;
    shownAt = at;
    const megabytes = (bytesDone + bytes) / 1e6;
    const rate = megabytes / Math.max(0.001, (at - started) / 1000);
    show(`${done} files, ${countText(rows)} rows, ${megabytes.toFixed(0)} MB, ${rate.toFixed(0)} MB/s  ${file}`);
  };
  return {
    reading: line,
    done(landed) {
      done += 1;
      rows += landed.rowsLanded;
      bytesDone += landed.bytes;
      line(landed.file, 0);
    },
  };
}
