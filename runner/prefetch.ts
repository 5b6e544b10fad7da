/** The same items in the same order, the next one always in the making while the present one is worked on. */
export async function* prefetch<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = start(items);
  try {
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      next = start(items);
      yield result.value;
    }
  } finally {
    // Whoever stops early may clean up only after the item in the making is finished.
    await next.catch(() => undefined);
    await items.return(undefined);
  }
}

function start<T>(items: AsyncGenerator<T>): Promise<IteratorResult<T>> {
  const next = items.next();
  // An error is thrown where the item is awaited; until then it must not count as unhandled.
  next.catch(() => undefined);
  return next;
}
