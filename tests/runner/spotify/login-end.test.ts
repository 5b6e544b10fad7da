import assert from "node:assert/strict";
import { test } from "node:test";

import { loginEnd } from "../../../runner/spotify/login-end.ts";

const cases: readonly (readonly [string, string, string, number, boolean])[] = [
  // 2026-11-22 to 2027-05-22: 8 + 31 + 31 + 28 + 31 + 30 + 22 days.
  ["2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z", "2027-05-22T09:00:00.000Z", 181, false],
  ["2026-11-22T09:00:00Z", "2027-04-22T08:59:59Z", "2027-05-22T09:00:00.000Z", 30, false],
  ["2026-11-22T09:00:00Z", "2027-04-22T09:00:00Z", "2027-05-22T09:00:00.000Z", 30, true],
  ["2026-11-22T09:00:00Z", "2027-05-22T08:00:00Z", "2027-05-22T09:00:00.000Z", 0, true],
  ["2026-11-22T09:00:00Z", "2027-05-22T09:00:01Z", "2027-05-22T09:00:00.000Z", -1, true],
  ["2026-08-31T12:00:00Z", "2026-12-31T12:00:00Z", "2027-02-28T12:00:00.000Z", 59, false],
  ["2027-08-29T00:00:00Z", "2028-01-30T00:00:00Z", "2028-02-29T00:00:00.000Z", 30, true],
];

for (const [authorizedAt, now, endsAt, daysLeft, isNear] of cases) {
  test(`a login of ${authorizedAt} has ${daysLeft} days at ${now}${isNear ? ", which is near" : ""}`, () => {
    const end = loginEnd(new Date(authorizedAt), new Date(now));
    assert.deepEqual(end, { endsAt: new Date(endsAt), daysLeft, isNear });
  });
}
