import assert from "node:assert/strict";
import { test } from "node:test";

import { prefetch } from "../../runner/prefetch.ts";

async function* counting(made: string[], failAt = Infinity): AsyncGenerator<number> {
  try {
    for (let item = 1; item <= 4; item += 1) {
      if (item === failAt) throw new Error("the third is broken");
      made.push(`made ${item}`);
      yield item;
    }
  } finally {
    made.push("closed");
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("the next item is made while the present one is used, and no more than one", async () => {
  const made: string[] = [];
  for await (const item of prefetch(counting(made))) {
    await turn();
    made.push(`used ${item}`);
  }
  assert.deepEqual(made, ["made 1", "made 2", "used 1", "made 3", "used 2", "made 4", "used 3", "closed", "used 4"]);
});

test("an error comes after the items before it, however long they take", async () => {
  const used: number[] = [];
  await assert.rejects(async () => {
    for await (const item of prefetch(counting([], 3))) {
      await turn();
      used.push(item);
    }
  }, /the third is broken/);
  assert.deepEqual(used, [1, 2]);
});

test("stopping early waits for the item in the making and closes the source", async () => {
  const made: string[] = [];
  for await (const item of prefetch(counting(made))) if (item === 1) break;
  assert.deepEqual(made, ["made 1", "made 2", "closed"]);
});

test("items are made ahead until those that wait weigh as much as is allowed", async () => {
  const made: string[] = [];
  const items = prefetch(counting(made), { weigh: (item) => item, limit: 4 });
  await items.next();
  await turn();
  assert.deepEqual(made, ["made 1", "made 2", "made 3"]);
  await items.next();
  await turn();
  assert.deepEqual(made, ["made 1", "made 2", "made 3", "made 4"]);
  await items.return(undefined);
  assert.equal(made.at(-1), "closed");
});
