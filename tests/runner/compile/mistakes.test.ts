import assert from "node:assert/strict";
import { test } from "node:test";

import { compileError } from "../../support/compile-error.ts";

interface Mistake {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** All that a person reads. */
  readonly printed: string;
}

const mistakes: readonly Mistake[] = [
  {
    what: "a call in Jinja",
    files: { "models/silver/it.sql": "select * from {{ ref('plays') }}\n" },
    printed: [
      "models/silver/it.sql:1:15 Jinja call of 'ref'",
      "",
      "1 | select * from {{ ref('plays') }}",
      "                  ^",
      "",
      "models are Handlebars: write {{ref 'x'}}",
    ].join("\n"),
  },
  {
    what: "a Jinja tag",
    files: { "models/silver/it.sql": "select 1\n{% if x %}\n" },
    printed: [
      "models/silver/it.sql:2:1 Jinja tag '{%'",
      "",
      "2 | {% if x %}",
      "    ^",
      "",
      "models are Handlebars: {{#if (is_incremental)}} … {{/if}}, {{#each …}} … {{/each}}",
    ].join("\n"),
  },
  {
    what: "a dialect in a model",
    files: { "models/silver/it.sql": "select {{#if (dialect 'trino')}}1{{else}}2{{/if}} as a\n" },
    printed: [
      "models/silver/it.sql:1:15 helper 'dialect' is for macros",
      "",
      "1 | select {{#if (dialect 'trino')}}1{{else}}2{{/if}} as a",
      "                  ^",
      "",
      "write what differs between engines in models/macros/<name>.hbs",
    ].join("\n"),
  },
  {
    what: "a dialect that is not known",
    files: {
      "models/silver/it.sql": "select {{> one}} as a\n",
      "models/macros/one.hbs": "{{#if (dialect 'trinoo')}}1{{else}}2{{/if}}\n",
    },
    printed: [
      "models/macros/one.hbs:1:16 unknown dialect 'trinoo'",
      "",
      "1 | {{#if (dialect 'trinoo')}}1{{else}}2{{/if}}",
      "                   ^",
      "",
      "did you mean 'trino'?",
    ].join("\n"),
  },
  {
    what: "a ref to nothing",
    files: { "models/silver/it.sql": "select *\nfrom {{ref 'playz'}}\n" },
    printed: [
      "models/silver/it.sql:2:12 ref 'playz' names no model or seed",
      "",
      "2 | from {{ref 'playz'}}",
      "               ^",
      "",
      "did you mean 'plays'?",
    ].join("\n"),
  },
  {
    what: "a source that is not declared",
    files: { "models/silver/it.sql": "select * from {{source 'bronze.plays'}}\n" },
    printed: [
      "models/silver/it.sql:1:24 source 'bronze.plays' is not declared in project.yml",
      "",
      "1 | select * from {{source 'bronze.plays'}}",
      "                           ^",
    ].join("\n"),
  },
  {
    what: "a misspelt var",
    files: { "models/silver/it.sql": "select {{var 'limit_row'}} as x\n" },
    printed: [
      "models/silver/it.sql:1:14 unknown var 'limit_row'",
      "",
      "1 | select {{var 'limit_row'}} as x",
      "                 ^",
      "",
      "did you mean 'limit_rows'?",
    ].join("\n"),
  },
  {
    what: "a list where one value is wanted",
    files: { "models/silver/it.sql": "select {{var 'moods'}} as x\n" },
    printed: [
      "models/silver/it.sql:1:14 var 'moods' is a list",
      "",
      "1 | select {{var 'moods'}} as x",
      "                 ^",
      "",
      "write {{lit (var 'moods')}} for its values with commas",
    ].join("\n"),
  },
  {
    what: "a misspelt helper",
    files: { "models/silver/it.sql": "select {{reff 'plays'}}\n" },
    printed: [
      "models/silver/it.sql:1:10 unknown helper 'reff'",
      "",
      "1 | select {{reff 'plays'}}",
      "             ^",
      "",
      "did you mean 'ref'?",
    ].join("\n"),
  },
  {
    what: "a bare name",
    files: { "models/silver/it.sql": "select {{limit_rows}} as x\n" },
    printed: [
      "models/silver/it.sql:1:10 unknown name 'limit_rows'",
      "",
      "1 | select {{limit_rows}} as x",
      "             ^",
      "",
      "a var is {{var 'limit_rows'}}; known helpers: ref, source, var, lit, id, list, dialect, run_date, this_relation, is_incremental, changed_partitions",
    ].join("\n"),
  },
  {
    what: "a helper without its argument",
    files: { "models/silver/it.sql": "select {{lit}} as x\n" },
    printed: [
      "models/silver/it.sql:1:10 helper 'lit' takes one argument",
      "",
      "1 | select {{lit}} as x",
      "             ^",
      "",
      "write {{lit (var 'name')}}",
    ].join("\n"),
  },
  {
    what: "a misspelt block",
    files: { "models/silver/it.sql": "{{#eech (list 'a')}}{{/eech}}select 1\n" },
    printed: [
      "models/silver/it.sql:1:4 unknown block 'eech'",
      "",
      "1 | {{#eech (list 'a')}}{{/eech}}select 1",
      "       ^",
      "",
      "did you mean 'each'?",
    ].join("\n"),
  },
  {
    what: "a macro that is not there",
    files: { "models/silver/it.sql": "select {{> mean column='x'}}\n" },
    printed: [
      "models/silver/it.sql:1:12 unknown macro 'mean'",
      "",
      "1 | select {{> mean column='x'}}",
      "               ^",
      "",
      "macros are the files models/macros/<name>.hbs",
    ].join("\n"),
  },
  {
    what: "a macro's parameter misspelt",
    files: {
      "models/silver/it.sql": "select {{> mean colum='x'}} as x\n",
      "models/macros/mean.hbs": "avg({{column}})",
    },
    printed: [
      "models/silver/it.sql:1:17 macro 'mean' has no parameter 'colum'",
      "",
      "1 | select {{> mean colum='x'}} as x",
      "                    ^",
      "",
      "did you mean 'column'?",
      "",
      "models/silver/it.sql:1:8 macro 'mean' misses column",
      "",
      "1 | select {{> mean colum='x'}} as x",
      "           ^",
      "",
      "write {{> mean column=…}}",
    ].join("\n"),
  },
  {
    what: "a block that is not closed",
    files: { "models/silver/it.sql": "select 1\n{{#if (is_incremental)}}\nwhere true\n" },
    printed: [
      "models/silver/it.sql:2:1 {{#if}} is not closed",
      "",
      "2 | {{#if (is_incremental)}}",
      "    ^",
      "",
      "close it with {{/if}}",
    ].join("\n"),
  },
  {
    what: "a misspelt key",
    files: { "models/silver/it.sql": "/*---\ndescripton: Oops.\n---*/\nselect 1 as x\n" },
    printed: [
      "models/silver/it.sql:2:1 unknown key 'descripton'",
      "",
      "2 | descripton: Oops.",
      "    ^",
      "",
      "did you mean 'description'?",
    ].join("\n"),
  },
  {
    what: "a misspelt materialization",
    files: { "models/silver/it.sql": "/*---\nmaterialized: tabel\n---*/\nselect 1 as x\n" },
    printed: [
      "models/silver/it.sql:2:15 'materialized' cannot be 'tabel'",
      "",
      "2 | materialized: tabel",
      "                  ^",
      "",
      "did you mean 'table'?",
    ].join("\n"),
  },
  {
    what: "front matter that is not closed",
    files: { "models/silver/it.sql": "/*---\ndescription: x\nselect 1 as x\n" },
    printed: [
      "models/silver/it.sql:1:1 the front matter is not closed",
      "",
      "1 | /*---",
      "    ^",
      "",
      "close it with ---*/",
    ].join("\n"),
  },
  {
    what: "a misspelt key of project.yml",
    files: { "project.yml": "name: small\nvarz: {}\n" },
    printed: ["project.yml:2:1 unknown key 'varz'", "", "2 | varz: {}", "    ^", "", "did you mean 'vars'?"].join("\n"),
  },
  {
    what: "a misspelt data test",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: x\n    description: X.\n    data_tests: [uniqe]\n---*/\nselect 1 as x\n",
    },
    printed: [
      "models/silver/it.sql:5:18 unknown data test 'uniqe'",
      "",
      "5 |     data_tests: [uniqe]",
      "                     ^",
      "",
      "did you mean 'unique'?",
    ].join("\n"),
  },
  {
    what: "a misspelt argument of a data test",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: x\n    data_tests:\n      - range: { mn: 1 }\n---*/\nselect 1 as x\n",
    },
    printed: [
      "models/silver/it.sql:5:18 unknown key 'mn'",
      "",
      "5 |       - range: { mn: 1 }",
      "                     ^",
      "",
      "did you mean 'min'?",
    ].join("\n"),
  },
  {
    what: "relationships to nothing",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: x\n    data_tests:\n      - relationships: { to: playz, field: play_id }\n---*/\nselect 1 as x\n",
    },
    printed: [
      "models/silver/it.sql:5:9 relationships: 'playz' names no model or seed",
      "",
      "5 |       - relationships: { to: playz, field: play_id }",
      "            ^",
      "",
      "did you mean 'plays'?",
    ].join("\n"),
  },
  {
    what: "a name used twice",
    files: { "models/silver/deep/plays.sql": "select 2 as x\n" },
    printed: [
      "models/silver/plays.sql model 'plays' has the name of models/silver/deep/plays.sql",
      "",
      "names of models and seeds are unique in a project; rename one of the files",
    ].join("\n"),
  },
  {
    what: "a cycle, with its path",
    files: {
      "models/silver/it.sql": "select * from {{ref 'b'}}\n",
      "models/silver/b.sql": "select * from {{ref 'c'}}\n",
      "models/silver/c.sql": "select * from {{ref 'it'}}\n",
    },
    printed: [
      "models/silver/b.sql:1:21 models form a cycle: b → c → it → b",
      "",
      "1 | select * from {{ref 'c'}}",
      "                        ^",
      "",
      "a model cannot read itself, however far round; take one of these refs out",
    ].join("\n"),
  },
  {
    what: "two statements",
    files: { "models/silver/it.sql": "select 1 as x;\nselect 2 as x\n" },
    printed: [
      "models/silver/it.sql:1:1 holds 2 statements; a model is exactly one SELECT",
      "",
      "1 | select 1 as x;",
      "    ^",
      "",
      "put each into a model file of its own",
    ].join("\n"),
  },
  {
    what: "no statement",
    files: { "models/silver/it.sql": "-- nothing\n" },
    printed: [
      "models/silver/it.sql:1:1 holds no statement; a model is exactly one SELECT",
      "",
      "1 | -- nothing",
      "    ^",
      "",
      "write the SELECT that gives the rows",
    ].join("\n"),
  },
  {
    what: "a statement that is no SELECT",
    files: { "models/silver/it.sql": "create table x as select 1\n" },
    printed: [
      "models/silver/it.sql:1:1 is no SELECT statement",
      "",
      "1 | create table x as select 1",
      "    ^",
      "",
      "a model is the SELECT that gives its rows; the runner writes CREATE and INSERT",
    ].join("\n"),
  },
  {
    what: "a bare pivot",
    files: { "models/silver/it.sql": "pivot (select 1 as a, 2 as b) on a using sum(b)\n" },
    printed: [
      "models/silver/it.sql:1:1 a bare PIVOT is no SELECT",
      "",
      "1 | pivot (select 1 as a, 2 as b) on a using sum(b)",
      "    ^",
      "",
      "write select * from (pivot …)",
    ].join("\n"),
  },
  {
    what: "a table read by its name",
    files: { "models/silver/it.sql": "select *\nfrom silver.plays\n" },
    printed: [
      "models/silver/it.sql:2:6 reads silver.plays by its name",
      "",
      "2 | from silver.plays",
      "         ^",
      "",
      "write {{ref 'plays'}}, so that the graph knows of it",
    ].join("\n"),
  },
  {
    what: "a table that is no ref",
    files: { "models/silver/it.sql": "select * from plays\n" },
    printed: [
      "models/silver/it.sql:1:15 reads 'plays', which is neither a CTE nor a ref",
      "",
      "1 | select * from plays",
      "                  ^",
      "",
      "write {{ref 'plays'}}",
    ].join("\n"),
  },
  {
    what: "a file by its name",
    files: { "models/silver/it.sql": "select * from 'x.parquet'\n" },
    printed: [
      "models/silver/it.sql:1:15 reads the file 'x.parquet'",
      "",
      "1 | select * from 'x.parquet'",
      "                  ^",
      "",
      "files are read when they land or as seeds; name a source or a ref",
    ].join("\n"),
  },
  {
    what: "a file by a function",
    files: { "models/silver/it.sql": "select * from read_csv('x.csv')\n" },
    printed: [
      "models/silver/it.sql:1:15 read_csv() reads what the graph does not know of",
      "",
      "1 | select * from read_csv('x.csv')",
      "                  ^",
      "",
      "files are read when they land or as seeds; name a source or a ref",
    ].join("\n"),
  },
  {
    what: "the clock",
    files: { "models/silver/it.sql": "select\n    now() as at\n" },
    printed: [
      "models/silver/it.sql:2:5 now() depends on when or by whom it is run",
      "",
      "2 |     now() as at",
      "        ^",
      "",
      "write {{run_date}}, the day of the run as a date, or a var",
    ].join("\n"),
  },
  {
    what: "the clock without parentheses",
    files: { "models/silver/it.sql": "select current_date as d\n" },
    printed: [
      "models/silver/it.sql:1:8 current_date depends on when or by whom it is run",
      "",
      "1 | select current_date as d",
      "           ^",
      "",
      "write {{run_date}}, the day of the run as a date, or a var",
    ].join("\n"),
  },
  {
    what: "the clock in a cast",
    files: { "models/silver/it.sql": "select 'today'::date as d\n" },
    printed: [
      "models/silver/it.sql:1:15 'today' depends on when or by whom it is run",
      "",
      "1 | select 'today'::date as d",
      "                  ^",
      "",
      "write {{run_date}}, the day of the run as a date, or a var",
    ].join("\n"),
  },
  {
    what: "chance",
    files: { "models/silver/it.sql": "select random() as r\n" },
    printed: [
      "models/silver/it.sql:1:8 random() gives other rows in every build",
      "",
      "1 | select random() as r",
      "           ^",
      "",
      "derive it from the rows, for example hash(play_id)",
    ].join("\n"),
  },
  {
    what: "a sample",
    files: { "models/silver/it.sql": "select * from {{ref 'plays'}} using sample 10\n" },
    printed: [
      "models/silver/it.sql:1:31 using sample gives other rows in every build",
      "",
      "1 | select * from {{ref 'plays'}} using sample 10",
      "                                  ^",
      "",
      "derive it from the rows, for example hash(play_id)",
    ].join("\n"),
  },
  {
    what: "a view outside critical folders",
    files: {
      "project.yml": "name: small\nvars: {}\nmodels: { silver: { schema: silver } }\n",
      "models/silver/it.sql": "/*---\nmaterialized: view\n---*/\nselect 1 as x\n",
    },
    printed: [
      "models/silver/it.sql:2:15 a view is allowed only in a critical folder",
      "",
      "2 | materialized: view",
      "                  ^",
      "",
      "a view that is held would show new rows below it; write materialized: table",
    ].join("\n"),
  },
  {
    what: "delete+insert without a key",
    files: {
      "models/silver/it.sql":
        "/*---\nmaterialized: incremental\nincremental_strategy: delete+insert\n---*/\nselect 1 as x\n",
    },
    printed: [
      "models/silver/it.sql:2:15 incremental_strategy delete+insert needs a unique_key",
      "",
      "2 | materialized: incremental",
      "                  ^",
      "",
      "add unique_key: <column>, or write incremental_strategy: append",
    ].join("\n"),
  },
  {
    what: "a partitioned model without its column",
    files: {
      "models/silver/it.sql":
        "/*---\nmaterialized: partitioned\n---*/\nselect * from {{ref 'plays'}}{{#if (is_incremental)}} where play_id in ({{changed_partitions}}){{/if}}\n",
    },
    printed: [
      "models/silver/it.sql:2:15 a partitioned model needs partition_by",
      "",
      "2 | materialized: partitioned",
      "                  ^",
      "",
      "write partition_by: <column> and materialized: partitioned",
    ].join("\n"),
  },
  {
    what: "changed partitions in the SQL of a full build",
    files: {
      "models/silver/it.sql":
        "/*---\nmaterialized: partitioned\npartition_by: play_id\n---*/\nselect * from {{ref 'plays'}}\nwhere play_id in ({{changed_partitions}})\n",
    },
    printed: [
      "models/silver/it.sql:6:19 {{changed_partitions}} stands where nothing is built by partitions",
      "",
      "6 | where play_id in ({{changed_partitions}})",
      "                      ^",
      "",
      "write it in a partitioned model, inside {{#if (is_incremental)}} … {{/if}}",
    ].join("\n"),
  },
  {
    what: "a partitioned model that filters a CTE instead of what it reads",
    files: {
      "models/silver/it.sql":
        "/*---\nmaterialized: partitioned\npartition_by: play_id\n---*/\nwith plays as (select * from {{ref 'plays'}})\nselect * from plays {{#if (is_incremental)}}where play_id in ({{changed_partitions}}){{/if}}\n",
    },
    printed: [
      "models/silver/it.sql a partitioned model filters at least one of its inputs by the changed partitions",
      "",
      "write {{#if (is_incremental)}} where play_id in ({{changed_partitions}}) {{/if}} in the same SELECT as the {{ref}}",
    ].join("\n"),
  },
  {
    what: "a seed without its description",
    files: { "seeds/x.csv": "a\n1\n" },
    printed: [
      "seeds/x.csv is a seed without a description",
      "",
      "add seeds/x.yml with a description and the columns' name, data_type and description",
    ].join("\n"),
  },
  {
    what: "a seed whose header is in another order",
    files: {
      "seeds/x.csv": "b,a\n1,2\n",
      "seeds/x.yml":
        "description: X.\ncolumns:\n  - { name: a, data_type: INTEGER }\n  - { name: b, data_type: INTEGER }\n",
    },
    printed: [
      "seeds/x.csv:1:1 the header is not the columns of seeds/x.yml: a, b",
      "",
      "1 | b,a",
      "    ^",
      "",
      "same names, same order",
    ].join("\n"),
  },
  {
    what: "an unknown time zone",
    files: { "project.yml": "name: small\nvars:\n  timezone: Europe/Berlni\n" },
    printed: [
      "project.yml:3:13 unknown time zone 'Europe/Berlni'",
      "",
      "3 |   timezone: Europe/Berlni",
      "                ^",
      "",
      "did you mean 'Europe/Berlin'?",
    ].join("\n"),
  },
  {
    what: "a syntax error inside {{#if}}, after front matter and umlauts",
    files: {
      "models/silver/it.sql":
        "/*---\ndescription: ö.\n---*/\nselect\n    'äöü' as a,\n    {{#if (var 'limit_rows')}}\n    1 foo bar\n    {{/if}}\n",
    },
    printed: [
      'models/silver/it.sql:7:11 syntax error at or near "bar"',
      "",
      "7 |     1 foo bar",
      "              ^",
    ].join("\n"),
  },
  {
    what: "a syntax error inside {{#each}}",
    files: {
      "models/silver/it.sql":
        "select\n    {{#each (list 'a' 'b') as |x|}}\n    {{x}} foo bar as {{x}},\n    {{/each}}\n    1 as z\n",
    },
    printed: [
      'models/silver/it.sql:3:15 syntax error at or near "bar"',
      "",
      "3 |     {{x}} foo bar as {{x}},",
      "                  ^",
    ].join("\n"),
  },
  {
    what: "a syntax error inside a macro",
    files: {
      "models/silver/it.sql": "select\n    {{> mean column='x'}} as x\n",
      "models/macros/mean.hbs": "avg({{column}} foo bar)",
    },
    printed: [
      'models/silver/it.sql:2:5 syntax error at or near "foo"',
      "",
      "2 |     {{> mean column='x'}} as x",
      "        ^",
      "",
      "in macro models/macros/mean.hbs:1:16",
    ].join("\n"),
  },
  {
    what: "a misspelt source",
    files: {
      "project.yml":
        "name: small\nsources:\n  - name: bronze\n    tables:\n      - name: plays\n        columns: [{ name: a, data_type: INTEGER }]\n",
      "models/silver/it.sql": "select * from {{source 'bronze.play'}}\n",
    },
    printed: [
      "models/silver/it.sql:1:24 source 'bronze.play' is not declared in project.yml",
      "",
      "1 | select * from {{source 'bronze.play'}}",
      "                           ^",
      "",
      "did you mean 'bronze.plays'?",
    ].join("\n"),
  },
  {
    what: "a var of a name that JavaScript knows",
    files: {
      "models/silver/it.sql": "select {{var 'constructor'}} as x\n",
    },
    printed: [
      "models/silver/it.sql:1:14 unknown var 'constructor'",
      "",
      "1 | select {{var 'constructor'}} as x",
      "                 ^",
      "",
      "vars are declared in project.yml under vars:",
    ].join("\n"),
  },
  {
    what: "an expression that is not closed",
    files: {
      "models/silver/it.sql": "select 1,\n  {{var 'limit_rows' as x\n",
    },
    printed: [
      "models/silver/it.sql:2:3 the {{ is not closed",
      "",
      "2 |   {{var 'limit_rows' as x",
      "      ^",
      "",
      "close it with }}",
    ].join("\n"),
  },
  {
    what: "an expression with an operator",
    files: {
      "models/silver/it.sql": "select\n    {{ 1 + 2 }} as x\n",
    },
    printed: [
      "models/silver/it.sql:2:5 is not a Handlebars expression",
      "",
      "2 |     {{ 1 + 2 }} as x",
      "        ^",
      "",
      "an expression is {{helper 'argument'}}; every {{#block}} needs its {{/block}}",
    ].join("\n"),
  },
  {
    what: "a block closed by the end of another",
    files: {
      "models/silver/it.sql": "select 1\n{{#if (is_incremental)}}\nwhere true\n{{/each}}\n",
    },
    printed: [
      "models/silver/it.sql:4:1 {{/each}} stands where {{#if}} of line 2 is to be closed",
      "",
      "4 | {{/each}}",
      "    ^",
      "",
      "write {{/if}}",
    ].join("\n"),
  },
  {
    what: "an end without its block",
    files: {
      "models/silver/it.sql": "/*---\ndescription: The {{#if}} of a comment.\n---*/\nselect 1\n{{/if}}\n",
    },
    printed: [
      "models/silver/it.sql:5:1 {{/if}} closes no block",
      "",
      "5 | {{/if}}",
      "    ^",
      "",
      "open it with {{#if …}}",
    ].join("\n"),
  },
  {
    what: "an outer block that is not closed",
    files: {
      "models/silver/it.sql":
        "{{!-- {{/if}} --}}\n{{#if (is_incremental)}}\n{{#each (list 'a')}}\nselect 1\n{{/each}}\n",
    },
    printed: [
      "models/silver/it.sql:2:1 {{#if}} is not closed",
      "",
      "2 | {{#if (is_incremental)}}",
      "    ^",
      "",
      "close it with {{/if}}",
    ].join("\n"),
  },
  {
    what: "macros that call each other in a circle",
    files: {
      "models/silver/it.sql": "select {{> a}} as x\n",
      "models/macros/a.hbs": "1 + {{> b}}",
      "models/macros/b.hbs": "{{> a}}",
    },
    printed: [
      "models/macros/a.hbs:1:5 macros call each other in a circle: a → b → a",
      "",
      "1 | 1 + {{> b}}",
      "        ^",
      "",
      "a macro cannot call itself, however far round; take one of these calls out",
    ].join("\n"),
  },
  {
    what: "a model that reads itself",
    files: {
      "models/silver/it.sql": "select *\nfrom {{ref 'it'}}\n",
    },
    printed: [
      "models/silver/it.sql:2:12 models form a cycle: it → it",
      "",
      "2 | from {{ref 'it'}}",
      "               ^",
      "",
      "a model cannot read itself, however far round; take one of these refs out",
    ].join("\n"),
  },
  {
    what: "a model with the name of a seed",
    files: {
      "seeds/plays.csv": "a,b\n1,2\n",
      "seeds/plays.yml":
        "description: X.\ncolumns:\n  - { name: a, data_type: INTEGER }\n  - { name: b, data_type: INTEGER }\n",
    },
    printed: [
      "models/silver/plays.sql model 'plays' has the name of seeds/plays.csv",
      "",
      "names of models and seeds are unique in a project; rename one of the files",
    ].join("\n"),
  },
  {
    what: "a misspelt key of a seed",
    files: {
      "seeds/x.csv": "a\n1\n",
      "seeds/x.yml": "description: X.\ncolums: []\n",
    },
    printed: [
      "seeds/x.yml:2:1 unknown key 'colums'",
      "",
      "2 | colums: []",
      "    ^",
      "",
      "did you mean 'columns'?",
    ].join("\n"),
  },
  {
    what: "a misspelt key of a seed's column",
    files: {
      "seeds/x.csv": "a\n1\n",
      "seeds/x.yml": "description: X.\ncolumns:\n  - { name: a, dat_type: INTEGER }\n",
    },
    printed: [
      "seeds/x.yml:3:16 unknown key 'dat_type'",
      "",
      "3 |   - { name: a, dat_type: INTEGER }",
      "                   ^",
      "",
      "did you mean 'data_type'?",
    ].join("\n"),
  },
  {
    what: "a seed's empty description",
    files: {
      "seeds/x.csv": "a\n1\n",
      "seeds/x.yml": "",
    },
    printed: ["seeds/x.yml:1:1 has no columns", "", "1 | ", "    ^"].join("\n"),
  },
  {
    what: "a seed whose header has another name",
    files: {
      "seeds/x.csv": "a,c\n1,2\n",
      "seeds/x.yml":
        "description: X.\ncolumns:\n  - { name: a, data_type: INTEGER }\n  - { name: b, data_type: INTEGER }\n",
    },
    printed: [
      "seeds/x.csv:1:1 the header is not the columns of seeds/x.yml: a, b",
      "",
      "1 | a,c",
      "    ^",
      "",
      "same names, same order",
    ].join("\n"),
  },
  {
    what: "a misspelt key inside project.yml",
    files: {
      "project.yml": "name: small\nwarehouse: { thread: 2 }\n",
    },
    printed: [
      "project.yml:2:14 unknown key 'thread'",
      "",
      "2 | warehouse: { thread: 2 }",
      "                 ^",
      "",
      "did you mean 'threads'?",
    ].join("\n"),
  },
  {
    what: "a sample of one table",
    files: {
      "models/silver/it.sql": "select *\nfrom {{ref 'plays'}} tablesample 10%\n",
    },
    printed: [
      "models/silver/it.sql:2:22 tablesample gives other rows in every build",
      "",
      "2 | from {{ref 'plays'}} tablesample 10%",
      "                         ^",
      "",
      "derive it from the rows, for example hash(play_id)",
    ].join("\n"),
  },
  {
    what: "a syntax error in an ephemeral model, once though another reads it,",
    files: {
      "models/silver/e.sql": "/*---\nmaterialized: ephemeral\n---*/\nselect 1 foo bar\n",
      "models/silver/it.sql": "select *\nfrom {{ref 'e'}}\n",
    },
    printed: [
      'models/silver/e.sql:4:14 syntax error at or near "bar"',
      "",
      "4 | select 1 foo bar",
      "                 ^",
    ].join("\n"),
  },
  {
    what: "two unit tests of one name on one model",
    files: {
      "tests/models/a.yml": "unit_tests:\n  - { name: it, model: plays, expect: { rows: [] } }\n",
      "tests/models/b.yml": "unit_tests:\n  - name: it\n    model: plays\n    expect: { rows: [] }\n",
    },
    printed: [
      "tests/models/b.yml:2:11 plays has a unit test 'it' already, at tests/models/a.yml:2",
      "",
      "2 |   - name: it",
      "              ^",
      "",
      "names of unit tests are unique within their model",
    ].join("\n"),
  },
  {
    what: "a misspelt setting below the config of a data test",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: x\n    data_tests:\n      - unique: { config: { severty: warn } }\n---*/\nselect 1 as x\n",
    },
    printed: [
      "models/silver/it.sql:5:29 unknown key 'severty'",
      "",
      "5 |       - unique: { config: { severty: warn } }",
      "                                ^",
      "",
      "did you mean 'severity'?",
    ].join("\n"),
  },
  {
    what: "several mistakes in several files",
    files: {
      "models/silver/it.sql": "select * from {{ref 'a'}}, {{ref 'b'}}\n",
      "models/silver/other.sql": "select {{var 'q'}}\n",
    },
    printed: [
      "models/silver/it.sql:1:21 ref 'a' names no model or seed",
      "",
      "1 | select * from {{ref 'a'}}, {{ref 'b'}}",
      "                        ^",
      "",
      "models/silver/it.sql:1:34 ref 'b' names no model or seed",
      "",
      "1 | select * from {{ref 'a'}}, {{ref 'b'}}",
      "                                     ^",
      "",
      "models/silver/other.sql:1:14 unknown var 'q'",
      "",
      "1 | select {{var 'q'}}",
      "                 ^",
      "",
      "vars are declared in project.yml under vars:",
    ].join("\n"),
  },
];

for (const { what, files, printed } of mistakes) {
  test(`${what} is said with its place and the remedy`, async () => {
    assert.equal(await compileError(files), printed);
  });
}

test("a seed's header may have a byte order mark, quotes and Windows line ends", async () => {
  const files = {
    "seeds/x.csv": '\uFEFF"a, b","c""d",e\r\n1,2,3\r\n',
    "seeds/x.yml":
      "description: X.\ncolumns:\n  - { name: 'a, b', data_type: INTEGER }\n  - { name: 'c\"d', data_type: INTEGER }\n  - { name: e, data_type: INTEGER }\n",
  };
  assert.equal(await compileError(files), "it compiles");
});
