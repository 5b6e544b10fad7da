import assert from "node:assert/strict";
import { test } from "node:test";

import { cronSlots } from "../../../runner/scheduling/cron-slots.ts";

/** The minutes of a time span at which a clock on the wall of Berlin shows what a rule asks for, in the order they come. */
function minutesOnTheWall(from: string, days: number, matches: (hour: number, minute: number) => boolean): string[] {
  const wall = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" });
  const start = Date.parse(from);
  return Array.from({ length: days * 1440 }, (_, minute) => new Date(start + minute * 60_000))
    .filter((moment) => {
      const [hour = 0, minute = 0] = wall.format(moment).split(":").map(Number);
      return matches(hour, minute);
    })
    .map((moment) => moment.toISOString());
}

const springWeekend = "2026-03-28T00:00:00.000Z";
const autumnWeekend = "2026-10-24T00:00:00.000Z";

for (const [what, weekend] of [
  ["forward", springWeekend],
  ["back", autumnWeekend],
] as const) {
  test(`every quarter of an hour goes on through the night in which clocks go ${what}`, () => {
    const slots = cronSlots("*/15 * * * *", "Europe/Berlin");
    const expected = minutesOnTheWall(weekend, 2, (_, minute) => minute % 15 === 0);
    let slot = new Date(Date.parse(weekend) - 1);
    for (const moment of expected) {
      slot = slots.next(slot) ?? new Date(Number.NaN);
      assert.equal(slot.toISOString(), moment);
    }
    assert.equal(expected.length, 2 * 96);
  });

  test(`the latest slot is the one that was next before, minute by minute, where clocks go ${what}`, () => {
    for (const expression of ["*/15 * * * *", "0 */6 * * *", "30 2 * * *", "0 0 * * *"]) {
      const slots = cronSlots(expression, "Europe/Berlin");
      let latest = slots.latest(new Date(Date.parse(weekend) - 86_400_000));
      for (let minute = -1440; minute < 2 * 1440; minute++) {
        const moment = new Date(Date.parse(weekend) + minute * 60_000);
        for (let next = latest && slots.next(latest); next !== null && next <= moment; next = slots.next(next)) {
          latest = next;
        }
        assert.deepEqual(slots.latest(moment), latest, `${expression} at ${moment.toISOString()}`);
      }
    }
  });
}

test("midnight is local and comes once a day, also where clocks change", () => {
  const slots = cronSlots("0 0 * * *", "Europe/Berlin");
  const midnights = [...minutesOnTheWall(springWeekend, 3, (hour, minute) => hour === 0 && minute === 0)];
  let slot = new Date(springWeekend);
  for (const midnight of midnights) {
    slot = slots.next(slot) ?? new Date(Number.NaN);
    assert.equal(slot.toISOString(), midnight);
  }
});

test("a slot in the hour that is left out comes right after it, one in the hour that comes twice comes once", () => {
  const slots = cronSlots("30 2 * * *", "Europe/Berlin");
  assert.equal(slots.next(new Date("2026-03-28T12:00:00Z"))?.toISOString(), "2026-03-29T01:00:00.000Z");
  assert.equal(slots.next(new Date("2026-10-24T12:00:00Z"))?.toISOString(), "2026-10-25T00:30:00.000Z");
  assert.equal(slots.next(new Date("2026-10-25T00:30:00Z"))?.toISOString(), "2026-10-26T01:30:00.000Z");
});

test("the slots between two moments are counted, with the first and the last", () => {
  const slots = cronSlots("0 */6 * * *", "UTC");
  assert.deepEqual(slots.between(new Date("2026-06-01T00:00:00Z"), new Date("2026-06-02T12:00:00Z")), {
    slots: 5,
    from: new Date("2026-06-01T06:00:00Z"),
    to: new Date("2026-06-02T06:00:00Z"),
  });
  assert.equal(slots.between(new Date("2026-06-01T00:00:00Z"), new Date("2026-06-01T06:00:00Z")), null);
});

test("a day of the month and a day of the week are two ways to be met, as in Vixie cron", () => {
  const slots = cronSlots("0 12 13 * 5", "UTC");
  assert.equal(slots.next(new Date("2026-06-06T00:00:00Z"))?.toISOString(), "2026-06-12T12:00:00.000Z");
  assert.equal(slots.next(new Date("2026-06-12T12:00:00Z"))?.toISOString(), "2026-06-13T12:00:00.000Z");
});
