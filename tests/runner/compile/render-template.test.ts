import assert from "node:assert/strict";
import { test } from "node:test";

import type { RenderContext } from "../../../runner/compile/helpers.ts";
import { type RenderedTemplate, stripMarkers } from "../../../runner/compile/markers.ts";
import { compileTemplate, renderMarked } from "../../../runner/compile/render-template.ts";
import { findFrames } from "../../../runner/compile/source-map.ts";
import { parseTemplate, type Template } from "../../../runner/compile/template.ts";
import type { Diagnostic } from "../../../runner/diagnostics.ts";

const path = "models/silver/it.sql";

const context: RenderContext = {
  relation: (reference) => `silver.${reference}`,
  vars: { moods: ["it's", "sad"], none: null, empty: [], limit_rows: 3, strict: false, name: "it's" },
  runDate: "2026-01-31",
  thisRelation: "silver.it",
  isIncremental: false,
  dialect: "duckdb",
};

function parse(file: string, text: string): Template {
  const diagnostics: Diagnostic[] = [];
  const template = parseTemplate({ path: file, text, sqlOffset: 0 }, diagnostics);
  assert.ok(template !== undefined, diagnostics[0]?.message);
  return template;
}

function marked(
  text: string,
  macros: Readonly<Record<string, string>> = {},
  more: Partial<RenderContext> = {},
): string {
  const compiled = Object.entries(macros).map(([name, macro]) => {
    return [name, compileTemplate(parse(`models/macros/${name}.hbs`, macro))] as const;
  });
  return renderMarked(compileTemplate(parse(path, text)), Object.fromEntries(compiled), { ...context, ...more });
}

function render(text: string, macros: Readonly<Record<string, string>> = {}): RenderedTemplate {
  return stripMarkers(marked(text, macros));
}

/** `file:offset` of every frame at the first place of `word` in the compiled text. */
function framesAt({ sql, map }: RenderedTemplate, word: string): readonly string[] {
  const at = sql.indexOf(word);
  assert.notEqual(at, -1, `${word} in ${sql}`);
  return findFrames(map, at).map(({ file, offset }) => `${map.files[file]}:${offset}`);
}

const literals: readonly [template: string, sql: string][] = [
  ["{{lit (var 'name')}}", "'it''s'"],
  ["{{lit (var 'moods')}}", "'it''s', 'sad'"],
  ["{{lit (var 'none')}}", "null"],
  ["{{lit (var 'empty')}}", "null"],
  ["{{lit (var 'limit_rows')}}", "3"],
  ["{{lit (var 'strict')}}", "false"],
  ["{{lit (list 'a' 2)}}", "'a', 2"],
  ["{{lit '<&>'}}", "'<&>'"],
  ["{{var 'name'}}", "it's"],
  ["{{id 'my column'}}", '"my column"'],
  [`{{id 'a"b'}}`, '"a""b"'],
  ["{{run_date}}", "date '2026-01-31'"],
  ["{{this_relation}}", "silver.it"],
  ["{{ref 'plays'}}", "silver.plays"],
  ["{{#each (list 'a' 'b') as |x|}}{{x}}{{#unless @last}}-{{/unless}}{{/each}}", "a-b"],
  ["{{#each (var 'empty') as |x|}}{{x}}{{else}}nothing{{/each}}", "nothing"],
];

for (const [template, sql] of literals) {
  test(`${template} gives ${sql}`, () => {
    assert.equal(render(template).sql, sql);
  });
}

test("is_incremental takes one branch in a full run and the other in a later one", () => {
  const template = "select 1{{#if (is_incremental)}} where a{{else}} where b{{/if}}";
  assert.equal(stripMarkers(marked(template, {}, { isIncremental: true })).sql, "select 1 where a");
  assert.equal(stripMarkers(marked(template, {}, { isIncremental: false })).sql, "select 1 where b");
});

test("a macro gives each engine its own text", () => {
  const macros = { day_name: "{{#if (dialect 'trino')}}date_format({{day}}, '%W'){{else}}dayname({{day}}){{/if}}" };
  const template = "select {{> day_name day='played_on'}} as name";
  assert.equal(stripMarkers(marked(template, macros)).sql, "select dayname(played_on) as name");
  assert.equal(
    stripMarkers(marked(template, macros, { dialect: "trino" })).sql,
    "select date_format(played_on, '%W') as name",
  );
});

test("every verbatim character maps to itself, also after white space that was cut", () => {
  const template =
    "\n\n  select äöü,\n    {{~#if (var 'limit_rows')~}}\n    🎵 as b,   {{~/if}}\n  {{!-- gone --}}\tlast\n\n";
  const { sql, map } = render(template);
  assert.equal(sql, "select äöü,🎵 as b,\n  \tlast");
  for (let offset = 0; offset < sql.length; offset++) {
    const [frame, ...callers] = findFrames(map, offset);
    assert.deepEqual(callers, []);
    assert.equal(template[frame?.offset ?? -1], sql[offset], `at ${offset}`);
  }
});

test("what a helper made maps to the helper, all of it", () => {
  const template = "select {{lit (var 'moods')}} as x";
  const rendered = render(template);
  const helper = `${path}:${template.indexOf("{{")}`;
  assert.deepEqual(framesAt(rendered, "'it''s'"), [helper]);
  assert.deepEqual(framesAt(rendered, "'sad'"), [helper]);
  assert.deepEqual(framesAt(rendered, " as x"), [`${path}:${template.indexOf(" as x")}`]);
});

test("a macro in a macro has a frame for each call, the analyst's first", () => {
  const template = "select {{> outer what='play_id'}} as x";
  const outer = "round({{> inner column=what}}, 2)";
  const inner = "avg({{column}})";
  const rendered = render(template, { outer, inner });
  assert.equal(rendered.sql, "select round(avg(play_id), 2) as x");
  const call = `${path}:${template.indexOf("{{")}`;
  const innerCall = `models/macros/outer.hbs:${outer.indexOf("{{")}`;
  assert.deepEqual(framesAt(rendered, "round"), [call, "models/macros/outer.hbs:0"]);
  assert.deepEqual(framesAt(rendered, "avg"), [call, innerCall, "models/macros/inner.hbs:0"]);
  assert.deepEqual(framesAt(rendered, "play_id"), [call, innerCall, `models/macros/inner.hbs:${inner.indexOf("{{")}`]);
  assert.deepEqual(framesAt(rendered, ", 2"), [call, `models/macros/outer.hbs:${outer.indexOf(", 2")}`]);
  assert.deepEqual(framesAt(rendered, " as x"), [`${path}:${template.indexOf(" as x")}`]);
});

test("the SQL of an ephemeral model maps to its own file, and what follows to the reader's", () => {
  const upstream = "select 1 as one";
  const ephemeral = renderMarked(compileTemplate(parse("models/silver/e.sql", upstream)), {}, context);
  const template = "select * from {{ref 'e'}} where true";
  const rendered = stripMarkers(marked(template, {}, { relation: () => `(${ephemeral})` }));
  assert.equal(rendered.sql, "select * from (select 1 as one) where true");
  assert.deepEqual(framesAt(rendered, "one"), [`models/silver/e.sql:${upstream.indexOf("one")}`]);
  assert.deepEqual(framesAt(rendered, "where"), [`${path}:${template.indexOf("where")}`]);
});
