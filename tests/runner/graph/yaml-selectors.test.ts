import assert from "node:assert/strict";
import { test } from "node:test";

import type { Diagnostic } from "../../../runner/diagnostics.ts";
import { selectNodes } from "../../../runner/graph/select-nodes.ts";
import { type NamedSelector, parseSelectorFile } from "../../../runner/project/selector-file.ts";
import { compileError } from "../../support/compile-error.ts";
import { selectableManifest } from "../../support/selectable-manifest.ts";

/** The tree of dbt-core's own selector tests: X.a → Y.b, X.c; Y.b → Y.d, X.e; X.c → Y.f, X.g. */
const tree = selectableManifest("m", {
  a: { path: "models/X/a.sql", reads: [], tags: ["abc"] },
  b: { path: "models/Y/b.sql", reads: ["a"], tags: ["abc", "bcef"] },
  c: { path: "models/X/c.sql", reads: ["a"], tags: ["abc", "bcef"] },
  d: { path: "models/Y/d.sql", reads: ["b"] },
  e: { path: "models/X/e.sql", reads: ["b"], tags: ["efg", "bcef"] },
  f: { path: "models/Y/f.sql", reads: ["c"], tags: ["efg", "bcef"] },
  g: { path: "models/X/g.sql", reads: ["c"], tags: ["efg"] },
});

const definitions: Readonly<Record<string, readonly [yaml: string, expected: string]>> = {
  a_criterion: ["'tag:abc'", "a b c"],
  a_criterion_with_signs: ["'1+f'", "c f"],
  a_key_and_its_value: ["{ tag: efg }", "e f g"],
  a_method: ["{ method: tag, value: abc }", "a b c"],
  a_method_with_children: ["{ method: fqn, value: b, children: true }", "b d e"],
  a_method_with_some_parents: ["{ method: fqn, value: f, parents: true, parents_depth: 1 }", "c f"],
  a_method_with_childrens_parents: ["{ method: fqn, value: b, childrens_parents: true }", "a b d e"],
  a_method_without_some: ["{ method: tag, value: bcef, exclude: ['X.c', { tag: efg }] }", "b"],
  a_union: ["{ union: ['d', { method: tag, value: abc }] }", "a b c d"],
  an_intersection: ["{ intersection: ['tag:abc', 'tag:bcef'] }", "b c"],
  a_union_without_some: ["{ union: ['a+', { exclude: ['tag:efg'] }] }", "a b c d"],
  an_intersection_within_a_union: ["{ union: ['g', { intersection: ['X', 'tag:bcef'] }] }", "c e g"],
  what_another_selects: ["{ union: ['g', { method: selector, value: an_intersection }] }", "b c g"],
};

test("selectors.yml selects as dbt's does", () => {
  const entries = Object.entries(definitions);
  const text = `selectors:\n${entries.map(([name, [yaml]]) => `  - { name: ${name}, definition: ${yaml} }\n`).join("")}`;
  const diagnostics: Diagnostic[] = [];
  const selectors: readonly NamedSelector[] = parseSelectorFile({ path: "selectors.yml", text }, diagnostics);
  assert.deepEqual(diagnostics, []);
  const manifest = { ...tree, selectors };
  const selected = entries.map(([selector]) => [
    selector,
    selectNodes(manifest, { select: [], exclude: [], selector })
      .map((uniqueId) => uniqueId.slice("model.m.".length))
      .toSorted()
      .join(" "),
  ]);
  assert.deepEqual(
    Object.fromEntries(selected),
    Object.fromEntries(entries.map(([name, [, expected]]) => [name, expected])),
  );
  assert.throws(
    () => selectNodes(manifest, { select: [], exclude: [], selector: "a_unoin" }),
    /--selector 'a_unoin' names no selector\n\ndid you mean 'a_union'\?/,
  );
  assert.throws(
    () => selectNodes(manifest, { select: ["a"], exclude: [], selector: "a_union" }),
    /in place of --select/,
  );
});

test("what is wrong in selectors.yml is told at its line", async () => {
  const printed = await compileError({
    "selectors.yml":
      "selectors:\n  - name: first\n    definition: { method: selector, value: second }\n  - name: second\n    definiton: 'plays'\n    default: true\n    definition: { method: fqn, valu: plays }\n",
  });
  assert.equal(
    printed,
    [
      "selectors.yml:5:5 unknown key 'definiton'",
      "",
      "5 |     definiton: 'plays'",
      "        ^",
      "",
      "did you mean 'definition'?",
    ].join("\n"),
  );
  const others = await compileError({
    "selectors.yml":
      "selectors:\n  - name: first\n    definition: { method: selector, value: second }\n  - name: second\n    default: true\n    definition: { method: fqn, value: plays, childrn: true }\n",
  });
  assert.equal(
    others,
    [
      "selectors.yml:3:44 'second' names no selector before this one",
      "",
      "3 |     definition: { method: selector, value: second }",
      "                                               ^",
      "",
      "it is made of selectors that stand before it",
      "",
      "selectors.yml:5:14 there is no default selection here",
      "",
      "5 |     default: true",
      "                 ^",
      "",
      "ask for it: --selector second",
      "",
      "selectors.yml:6:46 unknown key 'childrn'",
      "",
      "6 |     definition: { method: fqn, value: plays, childrn: true }",
      "                                                 ^",
      "",
      "did you mean 'children'?",
    ].join("\n"),
  );
});
