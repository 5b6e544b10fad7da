/** How far to run ahead of whoever takes the items. */
export interface PrefetchLimit<T> {
  readonly weigh: (item: T) => number;
  /** The next item is made while those that wait weigh less. */
  readonly limit: number;
}

/** The same items in the same order, made ahead while others are worked on: the next one, or as many as a limit allows. */
export async function* prefetch<T>(
  items: AsyncGenerator<T>,
  { weigh, limit }: PrefetchLimit<T> = { weigh: () => 1, limit: 1 },
): AsyncGenerator<T> {
  const ready: T[] = [];
  const [made, taken] = [signal(), signal()];
  const state = { weight: 0, isOver: false };
  const making = (async () => {
    for await (const item of items) {
      ready.push(item);
      state.weight += weigh(item);
      made.give();
      while (state.weight >= limit && !state.isOver) await taken.wait();
      if (state.isOver) return;
    }
  })();
  const ended = making.finally(() => {
    state.isOver = true;
    made.give();
  });
  // An error is thrown when the items before it are used up; until then it must not count as unhandled.
  ended.catch(() => undefined);
  try {
    for (;;) {
      for (const item of ready.splice(0, 1)) {
        state.weight -= weigh(item);
        taken.give();
        yield item;
      }
      if (ready.length > 0) continue;
      if (state.isOver) return await ended;
      await made.wait();
    }
  } finally {
    // Whoever stops early may clean up only after the item in the making is finished.
    state.isOver = true;
    taken.give();
    await making.catch(() => undefined);
  }
}

/** Something that one side waits for and the other gives. */
function signal(): { readonly wait: () => Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      give = resolve;
    });
  return { wait, give: () => give() };
}
