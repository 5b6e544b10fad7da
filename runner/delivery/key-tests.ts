import * as z from "zod";

const keyTest = z.object({
  relation: z.string(),
  /** A test that lets some failures pass, or only warns of them, vouches for nothing. */
  settings: z.object({ severity: z.literal("error"), errorIf: z.null() }),
  test: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("unique"), columns: z.array(z.string()).readonly() }),
    z.object({ kind: z.literal("not_null"), column: z.string() }),
    z.object({ kind: z.literal("relationships"), column: z.string() }),
  ]),
});
const manifest = z.object({ tests: z.array(z.unknown()) });

/** A data test that says something of a relation's keys. */
export type KeyTest = z.infer<typeof keyTest>;

/** The tests of a manifest, as compiled or as `target/manifest.json` has it, that say something of keys; others are left out. */
export function parseKeyTests(value: unknown): readonly KeyTest[] {
  return manifest.parse(value).tests.flatMap((test) => keyTest.safeParse(test).data ?? []);
}
