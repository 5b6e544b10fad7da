import type * as z from "zod";

/** The first thing that is wrong with an answer, with its place in it and without its values. */
export function explainParsing({ issues }: z.ZodError): string {
  const [first] = issues;
  if (first === undefined) return "it is not what it should be";
  const place = first.path.map(String).join(".");
  return place === "" ? first.message : `${place}: ${first.message}`;
}
