import { type Diagnostic, ProjectError } from "../diagnostics.ts";

/** What a disconnect could not do, to be told after the reason: what may still be shown, what is done, and how to be rid of it at once. */
export function unfinished(message: string, done: string, instead: string): Diagnostic {
  const hint = `The login is gone, and ${done},\nthen run npm run disconnect again. To be rid of it at once, ${instead}, and run it again.`;
  return { path: "disconnect", message: `is not done: ${message}`, hint };
}

/** Runs a step of a disconnect; when it fails, the diagnostic follows its own. */
export async function explained<T>(failed: Diagnostic, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    throw new ProjectError([...error.diagnostics, failed], 1, { cause: error });
  }
}
