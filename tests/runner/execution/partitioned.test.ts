import assert from "node:assert/strict";
import { test } from "node:test";

import { cellText } from "../../../runner/warehouse/cells.ts";
import { scratchProject, type Scratch } from "../../support/tonearm.ts";

const projectYaml = "name: small\nvars: { timezone: UTC }\nmodels: { silver: { schema: silver, critical: true } }\n";
const events = `description: Events.
columns:
  - { name: event_id, data_type: INTEGER, description: Key. }
  - { name: month, data_type: VARCHAR, description: Month. }
  - { name: place_id, data_type: INTEGER, description: Place. }
`;
const places = `description: Places.
columns:
  - { name: place_id, data_type: INTEGER, description: Key. }
  - { name: place, data_type: VARCHAR, description: Name. }
`;
const numbered = `/*---
description: Events numbered within their month.
materialized: partitioned
partition_by: month
unique_key: event_id
---*/
with

events as (

    select * from {{ref 'events'}}

    {{#if (is_incremental)}}
    where month in ({{changed_partitions}})
    {{/if}}

)

select
    events.event_id,
    events.month,
    row_number() over (partition by events.month order by events.event_id) as number_in_month,
    places.place

from events

left join {{ref 'places'}} as places
    on events.place_id = places.place_id
`;
const files = {
  "project.yml": projectYaml,
  "seeds/events.yml": events,
  "seeds/places.yml": places,
  "seeds/events.csv": "event_id,month,place_id\n1,2026-01,1\n2,2026-01,2\n3,2026-03,1\n",
  "seeds/places.csv": "place_id,place\n1,home\n2,away\n",
  "models/silver/numbered.sql": numbered,
};

async function rowsOf(project: Scratch): Promise<readonly string[]> {
  const rows = await project.query(
    "select concat_ws(' ', event_id, month, number_in_month, place) as line from silver.numbered order by event_id",
  );
  return rows.map(({ line }) => cellText(line));
}

/** What the build says of its partitions. */
async function built(project: Scratch, ...args: readonly string[]): Promise<string | undefined> {
  const { code, stdout } = await project.run("build", ...args);
  assert.equal(code, 0, stdout);
  return /silver\.numbered .*?(\w+ of \d+) partitions/.exec(stdout)?.[1];
}

test("exactly the partitions whose input changed are built anew: late rows, gaps, deletes", async (t) => {
  const project = await scratchProject(t, files);
  assert.equal(await built(project), "all of 2");
  assert.deepEqual(await rowsOf(project), ["1 2026-01 1 home", "2 2026-01 2 away", "3 2026-03 1 home"]);

  await project.write({
    "seeds/events.csv": "event_id,month,place_id\n0,2026-01,1\n1,2026-01,1\n2,2026-01,2\n3,2026-03,1\n",
  });
  assert.equal(await built(project), "1 of 2", "a late row");
  assert.deepEqual(await rowsOf(project), [
    "0 2026-01 1 home",
    "1 2026-01 2 home",
    "2 2026-01 3 away",
    "3 2026-03 1 home",
  ]);

  await project.write({
    "seeds/events.csv": "event_id,month,place_id\n0,2026-01,1\n2,2026-01,2\n4,2026-02,2\n5,2026-02,1\n3,2026-03,1\n",
  });
  assert.equal(await built(project), "2 of 3", "a deleted row and a filled gap");
  assert.deepEqual(await rowsOf(project), [
    "0 2026-01 1 home",
    "2 2026-01 2 away",
    "3 2026-03 1 home",
    "4 2026-02 1 away",
    "5 2026-02 2 home",
  ]);

  await project.write({ "seeds/events.csv": "event_id,month,place_id\n4,2026-02,2\n5,2026-02,1\n" });
  assert.equal(await built(project), "2 of 3", "two months are gone");
  assert.deepEqual(await rowsOf(project), ["4 2026-02 1 away", "5 2026-02 2 home"]);
  assert.equal(await built(project), undefined, "nothing to do");
  assert.equal(await built(project, "--force"), "all of 1");
  assert.equal(await built(project, "--full-refresh"), "all of 1");
});

test("the rows of a partition lie together, those made anew as well", async (t) => {
  const project = await scratchProject(t, files);
  // Twelve months, as far from each other as they can be.
  const csv = (ids: readonly number[]): string =>
    `event_id,month,place_id\n${ids.map((id) => `${id},2026-${String((id % 12) + 1).padStart(2, "0")},1`).join("\n")}\n`;
  const ids = Array.from({ length: 600 }, (_, id) => id);
  await project.write({ "seeds/events.csv": csv(ids) });
  await built(project);
  const months = async (): Promise<readonly string[]> => {
    const rows = await project.query("select month from silver.numbered order by rowid");
    return rows.map(({ month }) => cellText(month)).filter((month, at, all) => month !== all[at - 1]);
  };
  const whole = Array.from({ length: 12 }, (_, at) => `2026-${String(at + 1).padStart(2, "0")}`);
  assert.deepEqual(await months(), whole);
  await project.write({ "seeds/events.csv": csv([...ids, 600, 602]) });
  assert.equal(await built(project), "2 of 12");
  assert.deepEqual(await months(), [...whole.filter((month) => !/-0[13]$/.test(month)), "2026-01", "2026-03"]);
});

test("a partition_by that the SELECT does not make is told of the model, not of a line behind it", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    "models/silver/numbered.sql": numbered.replace("    events.month,\n", ""),
  });
  const { code, stderr } = await project.run("build");
  assert.equal(code, 2, stderr);
  assert.match(
    stderr,
    /models\/silver\/numbered\.sql:\d+:1 the model has no column 'month'\n\n\d+ \| partition_by: month\n/,
  );
});

test("what is read whole, and the SQL itself, build every partition anew", async (t) => {
  const project = await scratchProject(t, files);
  await built(project);
  await project.write({ "seeds/places.csv": "place_id,place\n1,garden\n2,away\n" });
  assert.equal(await built(project), "all of 2");
  assert.deepEqual(await rowsOf(project), ["1 2026-01 1 garden", "2 2026-01 2 away", "3 2026-03 1 garden"]);
  await project.write({
    "models/silver/numbered.sql": numbered.replace("places.place\n", "upper(places.place) as place\n"),
  });
  assert.equal(await built(project), "all of 2");
  assert.deepEqual(await rowsOf(project), ["1 2026-01 1 GARDEN", "2 2026-01 2 AWAY", "3 2026-03 1 GARDEN"]);
});

test("rows that are in no changed partition, have none, or share a key are errors and change nothing", async (t) => {
  const project = await scratchProject(t, files);
  await built(project);
  const before = await rowsOf(project);
  const mistakes: readonly (readonly [sql: string, csv: string, message: RegExp])[] = [
    [
      numbered.replace("events.month,", "'2027-01' as month,"),
      "event_id,month,place_id\n1,2026-01,1\n",
      /rows of partitions that are not built anew \(2027-01\)/,
    ],
    [numbered, "event_id,month,place_id\n1,2026-01,1\n1,2026-01,2\n", /1 key stands in more than one incoming row/],
    [numbered, "event_id,month,place_id\n1,,1\n", /partition_by month: 1 row has no value there/],
  ];
  for (const [sql, csv, message] of mistakes) {
    // A changed SQL is built whole first, so that the mistake is met by an incremental build.
    await project.write({ "models/silver/numbered.sql": sql, "seeds/events.csv": files["seeds/events.csv"] });
    await project.run("build");
    await project.write({ "seeds/events.csv": csv });
    const { code, stdout } = await project.run("build");
    assert.equal(code, 1, stdout);
    assert.match(stdout, message);
    await project.write({ "models/silver/numbered.sql": numbered, "seeds/events.csv": files["seeds/events.csv"] });
    await project.run("build");
    assert.deepEqual(await rowsOf(project), before);
  }
});

test("data tests say of rows that were kept and of rows made anew together what they say of the table", async (t) => {
  const tested = numbered.replace(
    "unique_key: event_id",
    `columns:
  - name: event_id
    description: Key.
    data_tests: [unique, range: { max: 8, severity: warn }]
  - { name: month, description: Month., data_tests: [not_null, accepted_values: { values: [2026-01, 2026-02, 2026-03] }] }`,
  );
  const project = await scratchProject(t, { ...files, "models/silver/numbered.sql": tested });
  const build = async (...rows: readonly string[]): Promise<{ code: number | null; stdout: string }> => {
    await project.write({ "seeds/events.csv": `event_id,month,place_id\n${rows.join("\n")}\n` });
    return project.run("build");
  };
  const first = ["1,2026-01,1", "9,2026-02,1"];
  assert.match((await build(...first)).stdout, /range_numbered_event_id .*warns of 1 row\b/);
  const more = await build(...first, "10,2026-03,1");
  assert.match(more.stdout, /range_numbered_event_id .*warns of 2 rows\b/, "one of them was kept");
  assert.match(more.stdout, /1 of 3 partitions/);

  const repeated = await build(...first, "10,2026-03,1", "1,2026-03,2");
  assert.equal(repeated.code, 1);
  assert.match(repeated.stdout, /unique_numbered_event_id .*fails on 1 row\b/, "its key is that of a kept row");
  const unknown = await build(...first, "10,2026-03,1", "2,2026-04,2");
  assert.match(unknown.stdout, /accepted_values_numbered_month .*fails on 1 row\b/);
  assert.equal((await build(...first)).code, 0);
  assert.deepEqual(await rowsOf(project), ["1 2026-01 1 home", "9 2026-02 1 home"]);
});

/** `silver.numbered` in the current release: its rows, those that its file holds, and its content hash. */
async function contentOf(project: Scratch): Promise<{ rows: number; stored: number; contentHash: string }> {
  const [table] = await project.query(
    `select (select count(*) from silver.numbered) as rows, estimated_size as stored, (select content_hash from meta.relations where relation = 'silver.numbered') as hash
    from duckdb_tables() where table_name = 'numbered'`,
  );
  return {
    rows: Number(table?.["rows"]),
    stored: Number(table?.["stored"]),
    contentHash: cellText(table?.["hash"] ?? null),
  };
}

test("replaced rows stay in the file until a quarter of the table is made of them; the content is that of a whole build", async (t) => {
  const project = await scratchProject(t, {
    ...files,
    // An input that spells its partitions in another way than the model does.
    "seeds/events.yml": events.replace("month, data_type: VARCHAR", "month, data_type: TIMESTAMP"),
    "models/silver/numbered.sql": numbered.replace("events.month,", "cast(events.month as date) as month,"),
  });
  const build = async (moved: number): Promise<void> => {
    const rows = Array.from(
      { length: 10 },
      (_, at) => `${at},2026-${String(at + 1).padStart(2, "0")}-01,${at < moved ? 2 : 1}`,
    );
    await project.write({ "seeds/events.csv": `event_id,month,place_id\n${rows.join("\n")}\n` });
    assert.equal(await built(project), moved === 0 ? "all of 10" : moved === 1 ? "1 of 10" : "3 of 10");
  };
  await build(0);
  await build(1);
  const { rows, stored } = await contentOf(project);
  assert.deepEqual({ rows, stored }, { rows: 10, stored: 11 });
  await build(4);
  const incremental = await contentOf(project);
  assert.deepEqual({ rows: incremental.rows, stored: incremental.stored }, { rows: 10, stored: 10 });
  await built(project, "--full-refresh");
  assert.deepEqual(await contentOf(project), incremental);
});

/** Partitions of many types, some of whose values have a text that is easily taken for another; `event_id` numbers them. */
const partitionsOfTypes = {
  zeros: "['-0.0'::double, 'nan'::double, 'inf'::double, 0.1::double][event_id % 4 + 1]",
  texts: "['', ' ', 'NULL', '=', 'a''b,\"c\"', chr(10), 'ä 🎧', '-0.0', '0.0'][event_id % 9 + 1]",
  hours: "timestamptz '2024-03-31 00:30:00+00' + to_hours(event_id % 4)",
  shares: "cast(event_id % 4 / 4 as decimal(9, 2))",
  numbers: "9007199254740993 + event_id % 4",
  answers: "event_id % 2 = 0",
};

test("partitions of any type are told apart, and their rows counted as a whole build counts them", async (t) => {
  const models = Object.entries(partitionsOfTypes).flatMap(([name, partition]) => [
    [
      `models/silver/${name}_made.sql`,
      `select event_id, ${partition} as part from {{ref 'events'}} where event_id >= 0\n`,
    ],
    [
      `models/silver/${name}.sql`,
      `/*---
materialized: partitioned
partition_by: part
---*/
select *, count(*) over (partition by part) as events from {{ref '${name}_made'}}
{{#if (is_incremental)}}where part in ({{changed_partitions}}){{/if}}
`,
    ],
  ]);
  const project = await scratchProject(t, {
    "project.yml": projectYaml,
    "seeds/events.yml": "description: Events.\ncolumns: [{ name: event_id, data_type: INTEGER, description: Key. }]\n",
    ...Object.fromEntries(models),
  });
  const build = async (ids: readonly number[], ...args: readonly string[]): Promise<void> => {
    await project.write({ "seeds/events.csv": `event_id\n${ids.join("\n")}\n` });
    const { code, stdout } = await project.run("build", ...args);
    assert.equal(code, 0, stdout);
  };
  const told = (): ReturnType<Scratch["query"]> =>
    project.query("select relation, row_count, content_hash from meta.relations order by relation");
  const whole = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  await build(whole);
  await build([...whole.slice(3), 12]);
  await build([...whole.slice(2), 13, 14]);
  const incremental = await told();
  await build([...whole.slice(2), 13, 14], "--full-refresh");
  assert.deepEqual(await told(), incremental);
});

/** Plays by month that look up songs by month; a play's song need not be of the play's month. */
const lookingUp = {
  "project.yml": projectYaml,
  "seeds/song_rows.yml":
    "description: Songs.\ncolumns: [{ name: song_id, data_type: INTEGER, description: Key. }, { name: month, data_type: VARCHAR, description: Month. }]\n",
  "seeds/play_rows.yml":
    "description: Plays.\ncolumns: [{ name: song_id, data_type: INTEGER, description: Song. }, { name: month, data_type: VARCHAR, description: Month. }]\n",
  "models/silver/songs.sql": `/*---
materialized: partitioned
partition_by: month
---*/
select song_id, month from {{ref 'song_rows'}} {{#if (is_incremental)}}where month in ({{changed_partitions}}){{/if}}
`,
  // It reads songs, so that it is built after them.
  "models/silver/plays.sql": `/*---
materialized: partitioned
partition_by: month
columns: [{ name: song_id, data_tests: [{ relationships: { to: songs, field: SONG_ID } }] }]
---*/
with
songs as (select month, count(*) as songs from {{ref 'songs'}} {{#if (is_incremental)}}where month in ({{changed_partitions}}){{/if}} group by month)
select plays.song_id, plays.month, songs.songs
from (select * from {{ref 'play_rows'}} {{#if (is_incremental)}}where month in ({{changed_partitions}}){{/if}}) as plays
left join songs on songs.month = plays.month
`,
};

/** `1:a` is song 1 in month a. */
function rowsOfMonths(rows: string): string {
  return `song_id,month\n${rows.replaceAll(":", ",").replaceAll(" ", "\n")}\n`;
}

test("relationships of rows made anew are looked up, and all once a value has gone that some row may point to", async (t) => {
  const project = await scratchProject(t, lookingUp);
  const land = (rows: { readonly songs: string; readonly plays: string }): Promise<void> =>
    project.write({
      "seeds/song_rows.csv": rowsOfMonths(rows.songs),
      "seeds/play_rows.csv": rowsOfMonths(rows.plays),
    });
  const passes = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout } = await project.run("build", ...args);
    assert.equal(code, 0, stdout);
    return stdout;
  };
  const fails = async (): Promise<void> => {
    const { code, stdout } = await project.run("build");
    assert.equal(code, 1, stdout);
    assert.match(stdout, /data test relationships_plays_song_id fails on 1 row\n/);
  };
  await land({ songs: "1:a 2:a 3:b", plays: "1:a 2:b 3:b" });
  await passes();
  await land({ songs: "1:a 2:a 3:b 4:z", plays: "1:a 2:b 3:b 4:c" });
  assert.match(await passes(), /silver\.plays \[.*, 2 of 4 partitions/);
  await land({ songs: "1:a 2:a 3:b 4:z", plays: "1:a 2:b 3:b 4:c 5:c" });
  await fails();
  // The play of song 2 is of a month that is not built anew.
  await land({ songs: "1:a 3:b 4:z 5:z", plays: "1:a 2:b 3:b 4:c 5:c" });
  await fails();
  await land({ songs: "1:a 2:a 3:b 4:z 5:z", plays: "1:a 2:b 3:b 4:c 5:c" });
  await passes();

  // It goes again while nobody looks at the plays, and in another build another song comes.
  await land({ songs: "1:a 3:b 4:z 5:z", plays: "1:a 2:b 3:b 4:c 5:c" });
  await passes("--select", "songs");
  await land({ songs: "1:a 3:b 4:z 5:z 6:z", plays: "1:a 2:b 3:b 4:c 5:c" });
  await passes("--select", "songs");
  await land({ songs: "1:a 3:b 4:z 5:z 6:z", plays: "1:a 2:b 3:b 4:c 5:c 6:c" });
  await fails();
  // In another month it is the same song.
  await land({ songs: "1:a 3:b 2:z 4:z 5:z 6:z", plays: "1:a 2:b 3:b 4:c 5:c 6:c" });
  await passes();
});
