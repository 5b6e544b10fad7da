import assert from "node:assert/strict";
import { test } from "node:test";

import type { Manifest, ModelNode } from "../../../runner/compile/manifest.ts";
import { findFrames } from "../../../runner/compile/source-map.ts";
import { compileFiles } from "../../support/compile-error.ts";

function modelOf(manifest: Manifest, name: string): ModelNode {
  const node = manifest.nodes[`model.small.${name}`];
  assert.ok(node?.resourceType === "model");
  return node;
}

async function compiled(sql: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  return modelOf(await compileFiles({ ...files, "models/silver/it.sql": sql }), "it").compiledCode;
}

const renderings: readonly [what: string, template: string, sql: string][] = [
  ["a ref", "select * from {{ref 'plays'}}", "select * from silver.plays"],
  ["a var", "select {{var 'limit_rows'}} as x", "select 3 as x"],
  ["a text", "select {{lit (var 'timezone')}} as x", "select 'UTC' as x"],
  ["a list", "select 1 as x where 'a' in ({{lit (var 'moods')}})", "select 1 as x where 'a' in ('happy', 'sad')"],
  ["a quote", `select {{lit "it's"}} as x`, "select 'it''s' as x"],
  ["an identifier", "select 1 as {{id 'my column'}}", 'select 1 as "my column"'],
  ["the run's date", "select {{run_date}} as x", "select date '2026-01-31' as x"],
  [
    "a loop",
    "select {{#each (list 'a' 'b') as |x|}}1 as {{x}}{{#unless @last}}, {{/unless}}{{/each}}",
    "select 1 as a, 1 as b",
  ],
  ["a condition", "select {{#if (var 'limit_rows')}}1{{else}}2{{/if}} as x", "select 1 as x"],
];

for (const [what, template, sql] of renderings) {
  test(`${what} is rendered`, async () => {
    assert.equal(await compiled(`${template}\n`), sql);
  });
}

test("macros call macros and hand their parameters on", async () => {
  const macros = {
    "models/macros/outer.hbs": "{{!-- rounds --}}round({{> inner column=what}}, 2)",
    "models/macros/inner.hbs": "avg({{column}})",
  };
  assert.equal(
    await compiled("select {{> outer what='play_id'}} as x from {{ref 'plays'}}\n", macros),
    "select round(avg(play_id), 2) as x from silver.plays",
  );
});

test("an incremental model is rendered both ways", async () => {
  const manifest = await compileFiles({
    "models/silver/it.sql":
      "/*---\nmaterialized: incremental\n---*/\nselect play_id from {{ref 'plays'}}{{#if (is_incremental)}} where play_id > (select max(play_id) from {{this_relation}}){{/if}}\n",
  });
  const model = modelOf(manifest, "it");
  assert.equal(model.compiledCode, "select play_id from silver.plays");
  assert.equal(
    model.incrementalCode,
    "select play_id from silver.plays where play_id > (select max(play_id) from silver.it)",
  );
});

test("an ephemeral model stands inside what reads it, and its upstream counts as read", async () => {
  const manifest = await compileFiles({
    "models/silver/doubled.sql":
      "/*---\nmaterialized: ephemeral\n---*/\nselect play_id * 2 as play_id from {{ref 'plays'}}\n",
    "models/silver/it.sql": "select * from {{ref 'doubled'}}\n",
  });
  const model = modelOf(manifest, "it");
  assert.equal(
    model.compiledCode.replaceAll(/\s+/g, " "),
    "select * from ( select play_id * 2 as play_id from silver.plays )",
  );
  assert.deepEqual(model.dependsOn, ["model.small.doubled"]);
  assert.deepEqual(model.reads, ["model.small.plays"]);
});

test("references in branches not taken and in macros are upstream too", async () => {
  const manifest = await compileFiles({
    "models/silver/a.sql": "select 1 as x\n",
    "models/silver/b.sql": "select 1 as x\n",
    "models/macros/from_b.hbs": "(select max(x) from {{ref 'b'}})",
    "models/silver/it.sql": "select {{> from_b}} as x {{#unless (var 'limit_rows')}} from {{ref 'a'}} {{/unless}}\n",
  });
  assert.deepEqual(modelOf(manifest, "it").reads.toSorted(), ["model.small.a", "model.small.b"]);
});

test("every verbatim character of the compiled text maps back to the same character", async () => {
  const template =
    "/*---\ndescription: Ümläute.\n---*/\n\nselect\n    'äöü' as a,\n    {{#each (list 'x' 'y') as |name|}}\n    1 as {{name}},\n    {{/each}}\n    {{lit (var 'timezone')}} as z -- end\n";
  const { compiledCode, sourceMap } = modelOf(await compileFiles({ "models/silver/it.sql": template }), "it");
  let verbatim = 0;
  for (let offset = 0; offset < compiledCode.length; offset++) {
    const segment = sourceMap.segments.findLast(({ start }) => start <= offset);
    if (segment?.verbatim !== true) continue;
    const [frame] = findFrames(sourceMap, offset);
    assert.equal(template[frame?.offset ?? -1], compiledCode[offset], `at ${offset}`);
    verbatim++;
  }
  assert.ok(verbatim > 40);
});
