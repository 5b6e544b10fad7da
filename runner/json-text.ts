import * as z from "zod";

/** What a schema describes, as JSON text; text that is no JSON is one more issue of it. */
export function jsonText<Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<Schema> {
  return z.preprocess((text, context) => {
    try {
      return JSON.parse(String(text));
    } catch {
      context.issues.push({ code: "custom", message: "is not JSON", input: text });
      return z.NEVER;
    }
  }, schema);
}
