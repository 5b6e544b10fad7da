/** What `Promise.all` gives, but even its error only once none of them is at work any more: so that what they work on can be closed. */
export async function allEnded<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
