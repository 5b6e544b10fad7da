import assert from "node:assert/strict";

/** Looks again and again until a condition holds; minutes without it, for machines that are busy, are a failure. */
export async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, "it never came");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
