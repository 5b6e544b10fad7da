import assert from "node:assert/strict";
import { test } from "node:test";

import { describeLimits } from "../../../runner/learning/describe-limits.ts";
import { renderModelCard } from "../../../runner/learning/model-card.ts";
import { type VersionRecord, versionRecordSchema } from "../../../runner/learning/model-version.ts";

const skips: VersionRecord = {
  format: 1,
  model: "skip_prediction",
  task: "binary",
  algorithm: "boosted_trees",
  isBaseline: false,
  trainedAt: "2026-11-22T10:00:00.000Z",
  seed: "tonearm",
  origin: { runId: "run-9", dataHash: "abc", codeVersion: "0.1.0" },
  columns: { label: "is_skipped", key: "play_id", group: "session_id", time: "ended_at" },
  features: ["recent_skip_rate", "platform"],
  categories: { platform: ["ios", "web|tv"] },
  classes: ["false", "true"],
  range: null,
  config: { task: "binary" },
  rows: { total: 5000, training: 4000, holdout: 1000 },
  window: { from: "2020-01-01T00:00:00.000Z", to: "2026-11-20T00:00:00.000Z" },
  split: { kind: "time", seed: "tonearm", cut: 1, end: 2 },
  metrics: { log_loss: 0.371234, auc: 0.8688, baseline_log_loss: 0.556 },
  confusion: [
    [700, 60],
    [90, 150],
  ],
  calibration: [{ rows: 1000, meanProbability: 0.25, shareRight: 0.24 }],
  halfWidth: null,
  references: {},
  drift: [{ feature: "recent_skip_rate", index: 0.3, drift: "significant" }],
  importance: [{ feature: "recent_skip_rate", meanLoss: 0.1, deviation: 0.01 }],
  provenance: { catalogue: 4900, synthetic: 100 },
  decision: {
    at: "2026-11-22T10:00:00.000Z",
    serves: "challenger",
    reason: "Better than champion 3: it is.",
    champion: 3,
    rows: 5000,
    newest: 2,
    settingsHash: "s",
    configHash: "config-1",
    dataHash: "abc",
    comparisons: [
      {
        against: "champion",
        version: 3,
        loss: "log_loss",
        rows: 1000,
        challenger: 0.371234,
        other: 0.4,
        gain: 0.0719,
        lower: 0.01,
        upper: 0.05,
        weeks: [{ from: "2026-11-16", rows: 1000, challenger: 0.371234, other: null }],
      },
    ],
  },
  limits: ["The figures hold for the newest rows."],
  artefact: { sha256: "f00", bytes: 123456 },
};

test("a card tells decision, data, figures, calibration, importance, drift, limits and origin", () => {
  assert.deepEqual(versionRecordSchema.parse(skips), skips);
  assert.equal(
    renderModelCard(4, skips),
    `# skip_prediction, version 4

Predicts \`is_skipped\`, one of two classes, by boosted_trees. Trained at 2026-11-22T10:00:00.000Z.

## Decision

Better than champion 3: it is.

Against the champion 3 on 1000 rows that neither had seen: log_loss 0.3712 and 0.4, 7.19 % lower (95 % interval of the difference 0.01 to 0.05).

| week from | rows | challenger | champion |
| --- | --- | --- | --- |
| 2026-11-16 | 1000 | 0.3712 | – |

## Data

- Rows: 5000; learned from 4000 and judged on 1000 (the newest rows), then refitted on all.
- Window: 2020-01-01T00:00:00.000Z to 2026-11-20T00:00:00.000Z.
- Folds: 5, rows of one \`session_id\` together.
- Features: recent_skip_rate, platform (category).
- Rows by where their features come from: catalogue 4900, synthetic 100.

## Figures

| metric | value |
| --- | --- |
| log_loss | 0.3712 |
| auc | 0.8688 |
| baseline_log_loss | 0.556 |

## Classes

Held-out rows by their class (down) and the predicted one (across).

|  | false | true |
| --- | --- | --- |
| false | 700 | 60 |
| true | 90 | 150 |

## Calibration

| rows | stated probability | share that was right |
| --- | --- | --- |
| 1000 | 0.25 | 0.24 |

## Importance

Rise of the loss on held-out rows when a feature is shuffled.

| feature | rise | deviation |
| --- | --- | --- |
| recent_skip_rate | 0.1 | 0.01 |

## Drift

Stability index against the training of champion 3.

| feature | index | drift |
| --- | --- | --- |
| recent_skip_rate | 0.3 | significant |

## Limits

- The figures hold for the newest rows.

## Origin

- Run run-9, code 0.1.0, data abc, seed tonearm.
- Model file: 123456 bytes, SHA-256 f00.
`,
  );
});

test("the card of a number tells its interval", () => {
  const record: VersionRecord = {
    ...skips,
    task: "regression",
    classes: [],
    confusion: [],
    halfWidth: 0.1234,
    metrics: { coverage: 0.795 },
  };
  assert.ok(
    renderModelCard(1, record).includes(
      "The 80 % interval is the prediction ± 0.1234; it held 79.5 % of the held-out rows.",
    ),
  );
});

test("limits name few rows, synthetic features, intervals and probabilities that are off, and drift", () => {
  const record = {
    ...skips,
    rows: { total: 640, training: 500, holdout: 140 },
    provenance: { artist: 20, synthetic: 100 },
    metrics: { coverage: 0.7, ece: 0.08 },
    isBaseline: true,
    columns: { ...skips.columns, group: "artist", time: null },
  };
  assert.deepEqual(describeLimits(record), [
    "This is the baseline: it says nothing about single rows that was not known without it.",
    "It learned from 640 rows only; another thousand may change every figure.",
    "The features of 100 rows are synthetic: made up, so that figures say nothing about real music.",
    "The features of 20 rows are the mean of their artist: a rough guess.",
    "The 80 % intervals held 70 % of the held-out rows.",
    "Probabilities are off by 8.0 points on average.",
    "Features that are no longer what the champion learned from: recent_skip_rate.",
    "The figures hold for a new artist; for one that was trained on they are on the cautious side.",
  ]);
});
