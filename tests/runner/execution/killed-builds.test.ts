import assert from "node:assert/strict";
import { test } from "node:test";

import { withKilledBuilds } from "../../support/killed-builds.ts";

/** Steps at which the process dies, and whether its release is out by then. */
const steps = {
  "lock:after": false,
  "sweep:during": false,
  "copy:during": false,
  "copy:after": false,
  "build:during": false,
  "partitions:during": false,
  "append:during": false,
  "replace:during": false,
  "merge:during": false,
  "test:during": false,
  "commit:during": false,
  "commit:after": false,
  "meta:during": false,
  "checkpoint:during": false,
  "chmod:after": false,
  "state:before": false,
  "state:after": false,
  "link:after": false,
  "stage:after": false,
  "rename:after": true,
  "unlink:after": true,
  "retention:after": true,
  "journal:during": true,
  "end:during": true,
} as const;

test("a build killed with -9 at any step leaves one whole release, bronze, and nothing that the next build needs help with", async (t) => {
  const reads = await withKilledBuilds(t, async ({ killAt, verify }) => {
    for (const [step, isPublished] of Object.entries(steps))
      assert.deepEqual(await killAt(step), { isStopped: true, isPublished }, step);
    await verify();
  });
  assert.ok(reads > Object.keys(steps).length, `another process read ${reads} times meanwhile`);
});
