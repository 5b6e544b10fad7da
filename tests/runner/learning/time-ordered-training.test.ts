import assert from "node:assert/strict";
import { test } from "node:test";

import { scoreRows } from "../../../runner/learning/score-rows.ts";
import { madeUpSongs, trained, valenceConfig } from "../../support/made-up-songs.ts";

const day = 86_400_000;
const firstMonday = Date.UTC(2024, 0, 1);

/** Five plays a day, from Monday, 1 January 2024. */
function plays(days: number): ReturnType<typeof madeUpSongs> & { readonly ended_at: readonly number[] } {
  const songs = madeUpSongs(5 * days);
  return {
    ...songs,
    ended_at: songs.song.map((_, row) => firstMonday + Math.floor(row / 5) * day + (row % 5) * 3_600_000),
  };
}

const config = valenceConfig(["energy", "tempo"], { time: "ended_at" });
const year = plays(200);

test("the newest fifth is the holdout, week by week in the comparison", () => {
  const { challenger, decision } = trained({ config, rows: year });
  assert.deepEqual(challenger.record.rows, { total: 1000, training: 800, holdout: 200 });
  assert.deepEqual(challenger.record.window, { from: "2024-01-01T00:00:00.000Z", to: "2024-07-18T04:00:00.000Z" });
  const scores = scoreRows({ ...challenger, version: 1 }, year);
  assert.deepEqual(
    scores.isHoldout,
    year.song.map((_, row) => row >= 800),
  );
  assert.deepEqual(
    decision.comparisons[0]?.weeks.map(({ from, rows }) => [from, rows]),
    [
      ["2024-06-03", 5],
      ["2024-06-10", 35],
      ["2024-06-17", 35],
      ["2024-06-24", 35],
      ["2024-07-01", 35],
      ["2024-07-08", 35],
      ["2024-07-15", 20],
    ],
  );
});

test("rows after the training are no holdout and are scored by the refit", () => {
  const { challenger } = trained({ config, rows: year });
  const [song, artist, energy, tempo] = [["new"], ["artist 1"], [1], [0]];
  const later = scoreRows({ ...challenger, version: 1 }, { song, artist, energy, tempo, ended_at: ["2024-09-01"] });
  const judged = scoreRows(
    { ...challenger, version: 1 },
    { song, artist, energy, tempo, ended_at: ["2024-07-18 01:00:00"] },
  );
  assert.ok(later.task === "regression" && judged.task === "regression");
  assert.deepEqual([later.isHoldout, judged.isHoldout], [[false], [true]]);
  assert.notEqual(later.predictions[0], judged.predictions[0]);
});

test("a champion meets the challenger only on rows it has not learned from", () => {
  const short = plays(150);
  const champion = { ...trained({ config, rows: short }).challenger, version: 1 };
  const { decision } = trained({ config, rows: year, champion });
  assert.deepEqual(
    decision.comparisons.map(({ against, rows }) => [against, rows]),
    [
      ["baseline", 200],
      ["champion", 200],
    ],
  );
  const long = { ...trained({ config, rows: year }).challenger, version: 2 };
  const older = trained({ config, rows: short, champion: long });
  assert.match(
    older.decision.reason,
    /^Champion 2 cannot be compared: only 0 rows are newer than those it learned from[.]/,
  );
});

test("where the champion no longer beats the baseline either, the baseline serves, and the drift is told", () => {
  const champion = {
    ...trained({ config: valenceConfig(["energy"], { time: "ended_at" }), rows: year }).challenger,
    version: 4,
  };
  const changed = plays(400);
  const isOld = (row: number): boolean => row < 1000;
  const rows = {
    ...changed,
    energy: changed.energy.map((value, row) => (isOld(row) ? value : 3 * value + 4)),
    valence: changed.luck.map((value, row) => (isOld(row) ? (changed.valence[row] ?? 0) : 0.5 + 0.1 * value)),
  };
  const { decision, warnings, baseline } = trained({
    config: valenceConfig(["tempo"], { time: "ended_at" }),
    rows,
    champion,
  });
  assert.equal(decision.serves, "baseline");
  assert.match(decision.reason, /Champion 4 no longer beats the baseline either: RMSE .* The baseline serves[.]$/);
  assert.equal(baseline?.record.algorithm, "mean");
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    /^The feature 'energy' is no longer what champion 4 learned from: stability index \d/,
  );
});

test("a champion that still beats the baseline stays when the challenger does not", () => {
  const champion = { ...trained({ config, rows: year }).challenger, version: 4 };
  const { decision } = trained({ config: valenceConfig(["luck"], { time: "ended_at" }), rows: year, champion });
  assert.equal(decision.serves, "champion");
  assert.match(decision.reason, /^Nothing beats the baseline .* Champion 4 stays[.]$/);
});
