import assert from "node:assert/strict";

/** Looks again and again until a condition holds; half a minute without it is a failure. */
export async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "it never came");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
