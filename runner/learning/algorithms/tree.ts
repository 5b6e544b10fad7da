import * as z from "zod";

/** A tree in arrays, a node an index, the root 0; a leaf has feature −1 and a value, children come after their parent. */
export const treeSchema = z.strictObject({
  feature: z.array(z.int().min(-1)).readonly(),
  bin: z.array(z.int().min(0).max(255)).readonly(),
  missingLeft: z.array(z.boolean()).readonly(),
  left: z.array(z.int().min(0)).readonly(),
  right: z.array(z.int().min(0)).readonly(),
  value: z.array(z.number()).readonly(),
});

export type Tree = Readonly<z.infer<typeof treeSchema>>;
