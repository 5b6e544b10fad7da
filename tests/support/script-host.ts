import { on } from "node:events";

// Listening from the start: a message that comes while nobody listens is lost.
const questions = on(process, "message", { close: ["disconnect"] });

/** Sends a message to the test that started this script, and waits until it is on its way. */
export async function answer(message: string | number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    if (process.send === undefined) throw new Error("this script is started by a test");
    process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** The next question of the test. */
export async function question(): Promise<unknown> {
  const next: IteratorResult<readonly unknown[], unknown> = await questions.next();
  return next.done === true ? "close" : next.value[0];
}
