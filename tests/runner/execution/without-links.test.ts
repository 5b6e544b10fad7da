import assert from "node:assert/strict";
import { link, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { makeExFat } from "../../support/exfat.ts";
import { withKilledBuilds } from "../../support/killed-builds.ts";

/** Steps at which a build dies where there are no links, and whether its release is out by then. */
const steps = {
  "copy:during": false,
  "name:after": false,
  "duplicate:during": false,
  "duplicate:after": false,
  "rename:after": true,
  "note:after": true,
} as const;

test("on exFAT, which has no hard links, releases are copied, and a kill at any step harms none", async (t) => {
  const exFat = await makeExFat().catch((error: unknown) => String(error));
  if (typeof exFat === "string") return t.skip(`an exFAT file system cannot be made here: ${exFat}`);
  try {
    await withKilledBuilds(
      t,
      async ({ killAt, verify }) => {
        for (const [step, isPublished] of Object.entries(steps))
          assert.deepEqual(await killAt(step), { isStopped: true, isPublished }, step);
        await verify();
      },
      async (dataDir) => {
        await exFat.mount(dataDir);
        await writeFile(join(dataDir, "one"), "");
        await assert.rejects(link(join(dataDir, "one"), join(dataDir, "two")), { code: "EPERM" });
        await rm(join(dataDir, "one"));
      },
    );
  } finally {
    await exFat.unmount();
  }
});
