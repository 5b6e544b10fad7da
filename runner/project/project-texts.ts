import type { Project } from "./project.ts";

/** The text of a file of the project, by its path; no text for any other. */
export type ReadText = (path: string) => string;

/** Reads every file that a message may point into. */
export function projectTexts({ models, macros, singularTests, genericTests, configs }: Project): ReadText {
  const files = [...models, ...macros, ...singularTests, ...genericTests, ...configs];
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return (path) => texts.get(path) ?? "";
}
