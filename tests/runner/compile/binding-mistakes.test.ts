import assert from "node:assert/strict";
import { test } from "node:test";

import { compileError, compileFiles } from "../../support/compile-error.ts";

interface Mistake {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** All that a person reads. */
  readonly printed: readonly string[];
}

const songs = "select 1 as song_id, 'x' as title, date '2024-05-01' as played_date\n";

const mistakes: readonly Mistake[] = [
  {
    what: "an unknown column",
    files: { "models/silver/it.sql": "select\n    song_id,\n    titel\nfrom {{ref 'songs'}}\n" },
    printed: [
      'models/silver/it.sql:3:5 Referenced column "titel" not found in FROM clause!',
      "",
      "3 |     titel",
      "        ^",
      "",
      "did you mean 'title'?",
    ],
  },
  {
    what: "an unknown column in a loop",
    files: {
      "models/silver/it.sql":
        "select\n    {{#each (list 'song_id' 'tittle') as |name|}}\n    max({{name}}) as {{name}}{{#unless @last}},{{/unless}}\n    {{/each}}\nfrom {{ref 'songs'}}\n",
    },
    printed: [
      'models/silver/it.sql:3:9 Referenced column "tittle" not found in FROM clause!',
      "",
      "3 |     max({{name}}) as {{name}}{{#unless @last}},{{/unless}}",
      "            ^",
      "",
      "did you mean 'title'?",
    ],
  },
  {
    what: "an unknown column in a condition",
    files: {
      "models/silver/it.sql":
        "select song_id\nfrom {{ref 'songs'}}\n{{#if (var 'limit_rows')}}\nwhere play_date is not null\n{{/if}}\n",
    },
    printed: [
      'models/silver/it.sql:4:7 Referenced column "play_date" not found in FROM clause!',
      "",
      "4 | where play_date is not null",
      "          ^",
      "",
      "did you mean 'played_date'?",
    ],
  },
  {
    what: "an unknown column in a macro, with the macro's own place second,",
    files: {
      "models/macros/shorten.hbs": "left(\n    titles, {{length}}\n)",
      "models/silver/it.sql": "select {{> shorten length=3}} as short\nfrom {{ref 'songs'}}\n",
    },
    printed: [
      'models/silver/it.sql:1:8 Referenced column "titles" not found in FROM clause!',
      "",
      "1 | select {{> shorten length=3}} as short",
      "           ^",
      "",
      "in macro models/macros/shorten.hbs:2:5",
      "did you mean 'title'?",
    ],
  },
  {
    what: "an unknown column that a CTE does not hand on",
    files: {
      "models/silver/it.sql":
        "with\n\nrenamed as (\n\n    select title as song_name from {{ref 'songs'}}\n\n)\n\nselect title from renamed\n",
    },
    printed: [
      'models/silver/it.sql:9:8 Referenced column "title" not found in FROM clause!',
      'Candidate bindings: "song_name"',
      "",
      "9 | select title from renamed",
      "           ^",
    ],
  },
  {
    what: "a table alias that is not there",
    files: { "models/silver/it.sql": "select song.title\nfrom {{ref 'songs'}} as s\n" },
    printed: [
      'models/silver/it.sql:1:8 Referenced table "song" not found!',
      'Candidate tables: "s"',
      "",
      "1 | select song.title",
      "           ^",
    ],
  },
  {
    what: "a misspelt function",
    files: { "models/silver/it.sql": "select uper(title) as loud\nfrom {{ref 'songs'}}\n" },
    printed: [
      "models/silver/it.sql:1:8 Scalar Function with name uper does not exist!",
      "",
      "1 | select uper(title) as loud",
      "           ^",
      "",
      "did you mean 'upper'?",
    ],
  },
  {
    what: "a column that is not grouped",
    files: { "models/silver/it.sql": "select title, count(*) as n\nfrom {{ref 'songs'}}\n" },
    printed: [
      'models/silver/it.sql:1:8 column "title" must appear in the GROUP BY clause or must be part of an aggregate function.',
      'Either add it to the GROUP BY list, or use "ANY_VALUE(title)" if the exact value of "title" is not important.',
      "",
      "1 | select title, count(*) as n",
      "           ^",
    ],
  },
  {
    what: "a name that two tables have",
    files: {
      "models/silver/it.sql":
        "select title\nfrom {{ref 'songs'}} as a\ninner join {{ref 'songs'}} as b\n    on a.song_id = b.song_id\n",
    },
    printed: [
      'models/silver/it.sql:1:8 Ambiguous reference to column name "title" (use: "a.title" or "b.title")',
      "",
      "1 | select title",
      "           ^",
    ],
  },
  {
    what: "a date that is added to a text",
    files: { "models/silver/it.sql": "select\n    title + played_date as x\nfrom {{ref 'songs'}}\n" },
    printed: [
      "models/silver/it.sql:2:11 No function matches the given name and argument types '+(VARCHAR, DATE)'. You might need to add explicit type casts.",
      "",
      "2 |     title + played_date as x",
      "              ^",
    ],
  },
  {
    what: "a union of different widths",
    files: { "models/silver/it.sql": "select 1 as a\nunion all\nselect 1, 2\n" },
    printed: [
      "models/silver/it.sql:1:1 Set operations can only apply to expressions with the same number of result columns",
      "",
      "1 | select 1 as a",
      "    ^",
      "",
      "DuckDB does not say where in this SQL",
    ],
  },
  {
    what: "a described column that the model has not",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: song\n    data_tests: [not_null]\n---*/\nselect song_id from {{ref 'songs'}}\n",
    },
    printed: [
      "models/silver/it.sql:3:11 column 'song' is described, but the model has none",
      "",
      "3 |   - name: song",
      "              ^",
      "",
      "it has: song_id",
    ],
  },
  {
    what: "a column of another type than its data_type",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: song_id\n    data_type: text\n---*/\nselect song_id from {{ref 'songs'}}\n",
    },
    printed: [
      "models/silver/it.sql:3:11 column 'song_id' is INTEGER, its data_type says text",
      "",
      "3 |   - name: song_id",
      "              ^",
      "",
      "write cast(… as VARCHAR) in the model, or data_type: INTEGER here",
    ],
  },
  {
    what: "a data_type that DuckDB has not",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: song_id\n    data_type: number\n---*/\nselect song_id from {{ref 'songs'}}\n",
    },
    printed: [
      "models/silver/it.sql:3:11 data_type 'number' of column 'song_id' is no type of DuckDB",
      "",
      "3 |   - name: song_id",
      "              ^",
      "",
      "for example VARCHAR, BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP, DECIMAL(18, 3)",
    ],
  },
  {
    what: "a seed's data_type that DuckDB has not, once though a model reads it,",
    files: {
      "seeds/moods.csv": "mood\nhappy\n",
      "seeds/moods.yml": "description: Moods.\ncolumns:\n  - { name: mood, data_type: word }\n",
      "models/silver/it.sql": "select mood from {{ref 'moods'}}\n",
    },
    printed: [
      "seeds/moods.yml:3:13 data_type 'word' of column 'mood' is no type of DuckDB",
      "",
      "3 |   - { name: mood, data_type: word }",
      "                ^",
      "",
      "for example VARCHAR, BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP, DECIMAL(18, 3)",
    ],
  },
  {
    what: "a data test of a column that is not there",
    files: {
      "models/silver/it.sql":
        "/*---\ndata_tests:\n  - unique: { columns: [song_id, day] }\n---*/\nselect song_id, played_date from {{ref 'songs'}}\n",
    },
    printed: [
      'models/silver/it.sql:3:5 data test unique_it_song_id_day cannot run: Referenced column "day" not found in FROM clause!',
      'Candidate bindings: "played_date"',
      "",
      "3 |   - unique: { columns: [song_id, day] }",
      "        ^",
    ],
  },
  {
    what: "an expression of a data test",
    files: {
      "models/silver/it.sql":
        "/*---\ndata_tests:\n  - expression: { expression: song_ids > 0 }\n---*/\nselect song_id from {{ref 'songs'}}\n",
    },
    printed: [
      'models/silver/it.sql:3:5 data test expression_it cannot run: Referenced column "song_ids" not found in FROM clause!',
      "",
      "3 |   - expression: { expression: song_ids > 0 }",
      "        ^",
      "",
      "did you mean 'song_id'?",
    ],
  },
  {
    what: "a field that the other relation of a relationships test has not",
    files: {
      "models/silver/it.sql":
        "/*---\ncolumns:\n  - name: song_id\n    data_tests:\n      - relationships: { to: songs, field: id }\n---*/\nselect song_id from {{ref 'songs'}}\n",
    },
    printed: [
      'models/silver/it.sql:5:9 data test relationships_it_song_id cannot run: Referenced column "id" not found in FROM clause!',
      'Candidate bindings: "title", "played_date"',
      "",
      "5 |       - relationships: { to: songs, field: id }",
      "            ^",
    ],
  },
  {
    what: "an unknown column in a singular test",
    files: {
      "tests/models/no_song_twice.sql":
        "/*--- { description: Früh and späte songs. } ---*/\nselect 'ä' as letter, titlo from {{ref 'songs'}}\n",
    },
    printed: [
      'tests/models/no_song_twice.sql:2:23 Referenced column "titlo" not found in FROM clause!',
      "",
      "2 | select 'ä' as letter, titlo from {{ref 'songs'}}",
      "                          ^",
      "",
      "did you mean 'title'?",
    ],
  },
  {
    what: "an unknown column in the incremental part alone",
    files: {
      "models/silver/it.sql":
        "/*---\nmaterialized: incremental\n---*/\nselect song_id\nfrom {{ref 'songs'}}\n{{#if (is_incremental)}}\nwhere played_at > (select max(song_id) from {{this_relation}})\n{{/if}}\n",
    },
    printed: [
      'models/silver/it.sql:7:7 Referenced column "played_at" not found in FROM clause!',
      "",
      "7 | where played_at > (select max(song_id) from {{this_relation}})",
      "          ^",
      "",
      "did you mean 'played_date'?",
    ],
  },
  {
    what: "a unique_key and a partition_by that name no column, and one of a type that nothing is partitioned by",
    files: {
      "models/silver/a.sql":
        "/*---\nmaterialized: incremental\nunique_key: [song_id, song]\n---*/\nselect song_id from {{ref 'songs'}}\n",
      "models/silver/b.sql":
        "/*---\nmaterialized: partitioned\npartition_by: playd_date\n---*/\nselect * from {{ref 'songs'}}{{#if (is_incremental)}} where played_date in ({{changed_partitions}}){{/if}}\n",
      "models/silver/c.sql":
        "/*---\nmaterialized: partitioned\npartition_by: age\n---*/\nselect *, timestamp '2025-01-01' - played_date as age from {{ref 'songs'}}{{#if (is_incremental)}} where played_date in ({{changed_partitions}}){{/if}}\n",
    },
    printed: [
      "models/silver/a.sql:3:1 the model has no column 'song'",
      "",
      "3 | unique_key: [song_id, song]",
      "    ^",
      "",
      "its columns are song_id",
      "",
      "models/silver/b.sql:3:1 the model has no column 'playd_date'",
      "",
      "3 | partition_by: playd_date",
      "    ^",
      "",
      "did you mean 'played_date'?",
      "",
      "models/silver/c.sql:3:1 nothing can be partitioned by 'age', which is INTERVAL",
      "",
      "3 | partition_by: age",
      "    ^",
      "",
      "take a date, a timestamp, a number or a text, for example by a cast in the model",
    ],
  },
  {
    what: "a mistake in an ephemeral model, once though others read it,",
    files: {
      "models/silver/e.sql": "/*---\nmaterialized: ephemeral\n---*/\nselect titel from {{ref 'songs'}}\n",
      "models/silver/it.sql": "select * from {{ref 'e'}}\n",
    },
    printed: [
      'models/silver/e.sql:4:8 Referenced column "titel" not found in FROM clause!',
      "",
      "4 | select titel from {{ref 'songs'}}",
      "           ^",
      "",
      "did you mean 'title'?",
    ],
  },
  {
    what: "a syntax error in one file, an unknown column in another and a wrong type in a third",
    files: {
      "models/silver/a.sql": "select song_id fromm {{ref 'songs'}}\n",
      "models/silver/b.sql": "select titel from {{ref 'songs'}}\n",
      "models/silver/c.sql":
        "/*---\ncolumns: [{ name: title, data_type: DATE }]\n---*/\nselect title from {{ref 'songs'}}\n",
      "models/silver/d.sql": "select * from {{ref 'b'}}\n",
    },
    printed: [
      'models/silver/a.sql:1:22 syntax error at or near "silver"',
      "",
      "1 | select song_id fromm {{ref 'songs'}}",
      "                         ^",
      "",
      "models/silver/c.sql:2:19 column 'title' is VARCHAR, its data_type says DATE",
      "",
      "2 | columns: [{ name: title, data_type: DATE }]",
      "                      ^",
      "",
      "write cast(… as DATE) in the model, or data_type: VARCHAR here",
      "",
      'models/silver/b.sql:1:8 Referenced column "titel" not found in FROM clause!',
      "",
      "1 | select titel from {{ref 'songs'}}",
      "           ^",
      "",
      "did you mean 'title'?",
    ],
  },
];

for (const { what, files, printed } of mistakes) {
  test(`${what} is said with its place before there is any data`, async () => {
    assert.equal(await compileError({ "models/silver/songs.sql": songs, ...files }), printed.join("\n"));
  });
}

test("nodes have their columns with types, and types may be written in another way", async () => {
  const { nodes } = await compileFiles({
    "models/silver/songs.sql": songs,
    "models/silver/it.sql":
      "/*---\ncolumns: [{ name: SONG_ID, data_type: int }, { name: title, data_type: text }]\n---*/\nselect * from {{ref 'songs'}}\n",
  });
  const origin = (column: string): object => ({ uniqueId: "model.small.songs", column });
  assert.deepEqual(nodes["model.small.it"]?.boundColumns, [
    { name: "song_id", type: "INTEGER", from: [origin("song_id")] },
    { name: "title", type: "VARCHAR", from: [origin("title")] },
    { name: "played_date", type: "DATE", from: [origin("played_date")] },
  ]);
});
