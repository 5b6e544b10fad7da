import type { PollReport } from "../../runner/ingest/poll.ts";
import type { Row } from "../../runner/warehouse/cells.ts";
import { idOf, type PollBench } from "./poll-bench.ts";

/** Polls at a time, after so many new plays that ended in the minutes before it, each of a track that was never played. */
export async function listenAndPoll(bench: PollBench, at: string, plays: number): Promise<PollReport> {
  const { fake, clock } = bench;
  clock.now = new Date(at);
  for (let minute = plays; minute > 0; minute--) {
    const playedAt = new Date(clock.now.getTime() - minute * 60_000);
    fake.state.plays.push({ trackId: idOf(fake.state.plays.length), playedAt });
  }
  return bench.poll();
}

/** The rows of a table that count, without what tells in which batch they lie. */
export function withoutPlace(
  { landed }: PollBench,
  table: "listening_history" | "my_tracks_features",
): Promise<readonly Row[]> {
  return table === "listening_history"
    ? landed(table, "select * exclude (batch_id, row_number) from landed order by ended_at")
    : landed(table, "select * exclude batch_id from landed order by track_id");
}
