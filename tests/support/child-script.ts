import { fork } from "node:child_process";
import { on, once } from "node:events";
import { join } from "node:path";

/** A script of `tests/support` running in a process of its own. */
export interface ChildScript {
  readonly pid: number;
  /** The next message of the script; undefined when it ends without one. */
  readonly answer: () => Promise<unknown>;
  readonly ask: (question: string) => Promise<unknown>;
  readonly kill: () => Promise<void>;
  /** Resolves with the signal that ended the script, or null when it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

/** Starts a script of `tests/support` by its name, without the ending, and ends it with the test, whatever happens. */
export async function withScript<T>(
  name: string,
  args: readonly string[],
  use: (script: ChildScript) => Promise<T>,
): Promise<T> {
  const script = startScript(name, args);
  try {
    return await use(script);
  } finally {
    await script.kill();
  }
}

function startScript(name: string, args: readonly string[]): ChildScript {
  const child = fork(join(import.meta.dirname, `${name}.ts`), args, { execArgv: ["--import", "tsx"] });
  if (child.pid === undefined) throw new Error(`could not start ${name}`);
  // The channel closes after the last message was read, also when the script is killed.
  const messages = on(child, "message", { close: ["disconnect"] });
  const ended = once(child, "exit").then(() => child.signalCode);
  const answer = async (): Promise<unknown> => {
    const next: IteratorResult<readonly unknown[], unknown> = await messages.next();
    return next.done === true ? undefined : next.value[0];
  };
  return {
    pid: child.pid,
    ended,
    answer,
    ask(question) {
      child.send(question);
      return answer();
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
