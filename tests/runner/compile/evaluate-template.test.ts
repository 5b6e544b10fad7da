import assert from "node:assert/strict";
import { test } from "node:test";

import Handlebars from "handlebars";

import { evaluateTemplate } from "../../../runner/compile/evaluate-template.ts";
import type { Helper } from "../../../runner/compile/helpers.ts";

const helpers: Readonly<Record<string, Helper>> = {
  list: (...args) => args.slice(0, -1),
  nothing: () => null,
  zero: () => 0,
  three: () => 3,
  yes: () => true,
  no: () => false,
  none: () => [],
  words: () => ({ first: "a", second: "b" }),
  people: () => [
    { name: "Ann", pets: ["cat", "dog"] },
    { name: "Bob", pets: [] },
  ],
  double: (text) => `${String(text)}${String(text)}`,
};
const macros = {
  plain: "[{{what}}]",
  inner: "<{{one}} {{two}}>",
  outer: "{{> inner one=what two='2'}}{{#if what}}!{{/if}}",
  loop: "{{#each items as |it|}}{{it}};{{/each}}",
};

const templates = [
  "plain text, 'quotes' and \"more\" & <b>",
  "{{three}} {{nothing}} {{zero}} {{yes}} {{no}} {{list 'a' 'b'}}",
  "{{double 'x'}} {{double (double 'y')}} {{double 3}} {{double true}}",
  "{{#if (yes)}}a{{else}}b{{/if}}{{#if (no)}}a{{else}}b{{/if}}{{#if (zero)}}a{{else}}b{{/if}}{{#if (none)}}a{{else}}b{{/if}}",
  "{{#if (nothing)}}a{{/if}}{{#unless (nothing)}}c{{else}}d{{/unless}}{{#unless (three)}}c{{else}}d{{/unless}}",
  "{{#if (no)}}a{{else if (yes)}}b{{else}}c{{/if}}",
  "{{#each (list 'a' 'b' 'c') as |x|}}{{x}}{{#unless @last}}, {{/unless}}{{/each}}",
  "{{#each (list 'a' 'b')}}{{this}}{{@index}}{{@first}}{{@last}}{{@key}} {{/each}}",
  "{{#each (list 'a' 'b') as |x at|}}{{at}}={{x}} {{/each}}",
  "{{#each (none)}}a{{else}}nothing{{/each}}{{#each (nothing)}}a{{else}}nothing{{/each}}",
  "{{#each (words) as |value key|}}{{key}}:{{value}}{{@key}} {{/each}}",
  "{{#each (people) as |person|}}{{person.name}}: {{#each person.pets as |pet|}}{{person.name}}'s {{pet}} {{@index}}, {{/each}}{{/each}}",
  "{{#each (people)}}{{name}} {{this.name}} {{#each pets}}{{../name}} {{this}} {{/each}}{{/each}}",
  "{{#each (list 'a' 'b') as |x|}}{{#each (list 1 2) as |y|}}{{x}}{{y}}{{@index}} {{/each}}{{@index}} {{/each}}",
  "{{> plain what='x'}} {{> outer what='y'}} {{> loop items=(list 1 2)}}",
  "{{#each (list 'a' 'b') as |x|}}{{> plain what=x}}{{> outer what=(double x)}}{{/each}}",
  "a {{~three~}} b {{~#if (yes)~}} c {{~/if~}} d",
  "{{#each (list 'a' 'b') as |x|}}\n    {{x}},\n{{/each}}\nend",
  "{{!-- a comment --}}x{{! another }}y",
];

test("templates mean what Handlebars means by them", () => {
  const options = { noEscape: true, strict: true, explicitPartialContext: true, ignoreStandalone: true } as const;
  const parse = (text: string): hbs.AST.Program => Handlebars.parse(text, { ignoreStandalone: true });
  const programs = Object.fromEntries(Object.entries(macros).map(([name, text]) => [name, parse(text)]));
  for (const text of templates) {
    const instance = Handlebars.create();
    for (const [name, macro] of Object.entries(macros))
      instance.registerPartial(name, instance.compile(macro, options));
    const expected = instance.compile(text, options)({}, { helpers });
    assert.equal(evaluateTemplate(parse(text), { helpers, macros: programs }), expected, text);
  }
});
