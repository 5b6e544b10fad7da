import assert from "node:assert/strict";
import { test } from "node:test";

import { berlinTime } from "../../../runner/demo/berlin-time.ts";

const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", dateStyle: "short", timeStyle: "short" });

test("clocks in Berlin show every half hour of 2023 to 2026 at the instant given for it", () => {
  const wrong: string[] = [];
  for (let day = Date.UTC(2023, 0, 1) / 86_400_000; day < Date.UTC(2027, 0, 1) / 86_400_000; day++) {
    for (let minute = 0; minute < 24 * 60; minute += 30) {
      const asked = new Date(day * 86_400_000 + minute * 60_000).toISOString().slice(0, 16).replace("T", " ");
      const shown = clock.format(berlinTime(day, minute));
      if (shown !== asked) wrong.push(asked);
    }
  }
  // These do not exist: the clocks go from 2 to 3.
  assert.deepEqual(wrong, [
    "2023-03-26 02:00",
    "2023-03-26 02:30",
    "2024-03-31 02:00",
    "2024-03-31 02:30",
    "2025-03-30 02:00",
    "2025-03-30 02:30",
    "2026-03-29 02:00",
    "2026-03-29 02:30",
  ]);
});
