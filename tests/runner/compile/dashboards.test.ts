import assert from "node:assert/strict";
import { test } from "node:test";

import { compileError, compileFiles } from "../../support/compile-error.ts";

const model = {
  "project.yml":
    "name: small\nvars: { timezone: UTC }\nmodels:\n  silver: { schema: silver, critical: true }\n  gold: { schema: gold }\n",
  "models/gold/daily.sql": `/*---
description: A row a day.
columns:
  - { name: date, description: Day. }
  - { name: total_plays, description: Streams. }
  - { name: mood, description: Mood. }
---*/
select date '2026-01-01' as date, 1 as total_plays, 'x' as mood, play_id from {{ref 'plays'}}
`,
};

/** A dashboard of one chart. */
function dashboard(chart: string, more = ""): string {
  const lines = chart.split("\n").map((line) => `        ${line}`);
  return `title: Days\ndescription: Days.\n${more}tabs:\n  - title: All\n    charts:\n      -\n${lines.join("\n")}\n`;
}

const line = `name: plays
kind: line
title: Plays
why: To see.
table: daily
x: date
y: [sum(total_plays)]`;

test("a dashboard becomes part of the manifest, with its measures taken apart", async () => {
  const { dashboards } = await compileFiles({
    ...model,
    "dashboards/days.yml": dashboard(
      `${line.replace("sum(total_plays)", "sum(total_plays) as Streams a day")}\ndate: date`,
    ),
  });
  const chart = {
    name: "plays",
    kind: "line",
    title: "Plays",
    why: "To see.",
    table: "daily",
    where: {},
    x: ["date"],
    y: [{ aggregate: "sum", columns: ["total_plays"], label: "Streams a day" }],
    date: "date",
  };
  assert.deepEqual(dashboards, [
    {
      name: "days",
      title: "Days",
      description: "Days.",
      header: [],
      filters: [],
      tabs: [{ title: "All", charts: [chart] }],
    },
  ]);
});

test("tables of meta are there without a model", async () => {
  const chart = line
    .replace("table: daily", "table: meta.runs")
    .replace("x: date", "x: started_at")
    .replace("total_plays", "nodes_built");
  assert.equal((await compileFiles({ ...model, "dashboards/d.yml": dashboard(chart) })).dashboards.length, 1);
});

for (const { what, yaml, printed } of [
  {
    what: "a table that is not there",
    yaml: dashboard(line.replace("daily", "dayly")),
    printed: `dashboards/days.yml:11:16 table 'dayly' is no table of gold or meta

11 |         table: dayly
                    ^

did you mean 'daily'?`,
  },
  {
    what: "a table of silver, which no export sends",
    yaml: dashboard(line.replace("daily", "silver.plays")),
    printed: `dashboards/days.yml:11:16 table 'silver.plays' is no table of gold or meta

11 |         table: silver.plays
                    ^

charts read tables of gold by their name, and meta.runs, meta.test_results and meta.relations`,
  },
  {
    what: "a column inside a measure",
    yaml: dashboard(line.replace("sum(total_plays)", "sum(total_play)")),
    printed: `dashboards/days.yml:13:17 'total_play' is no column of gold.daily

13 |         y: [sum(total_play)]
                     ^

did you mean 'total_plays'?`,
  },
  {
    what: "a column of a condition",
    yaml: dashboard(`${line}\nwhere: { mod: Neutral }`),
    printed: `dashboards/days.yml:14:23 'mod' is no column of gold.daily

14 |         where: { mod: Neutral }
                           ^

did you mean 'mood'?`,
  },
  {
    what: "a column that a filter offers",
    yaml: dashboard(line, "filters: [{ title: Mood, table: daily, column: moods }]\n"),
    printed: `dashboards/days.yml:3:48 'moods' is no column of gold.daily

3 | filters: [{ title: Mood, table: daily, column: moods }]
                                                   ^

did you mean 'mood'?`,
  },
  {
    what: "an aggregate that is not there",
    yaml: dashboard(line.replace("sum(total_plays)", "median(total_plays)")),
    printed: `dashboards/days.yml:13:13 'y': 'median(total_plays)' is no measure; write sum(x), avg(x), min(x), max(x), count(x), count_distinct(x), weighted_avg(x, y), percentage(x, y), and 'as …' to name it

13 |         y: [median(total_plays)]
                 ^`,
  },
  {
    what: "a kind that is not there",
    yaml: dashboard(line.replace("kind: line", "kind: lin")),
    printed: `dashboards/days.yml:8:15 'kind' cannot be 'lin'

8 |         kind: lin
                  ^

did you mean 'line'?`,
  },
  {
    what: "a key of another kind",
    yaml: dashboard(`${line}\nstacked: true`),
    printed: `dashboards/days.yml:14:9 unknown key 'stacked'

14 |         stacked: true
             ^

known keys: kind, name, title, why, table, date, where, empty, width, height, x, grain, y, series, format`,
  },
  {
    what: "a header of no chart",
    yaml: dashboard(line, "header: [pays]\n"),
    printed: `dashboards/days.yml:3:10 header 'pays' names no chart

3 | header: [pays]
             ^

did you mean 'plays'?`,
  },
]) {
  test(`${what} is told with its place`, async () => {
    assert.equal(await compileError({ ...model, "dashboards/days.yml": yaml }), printed);
  });
}

test("a chart's name is its own over all dashboards", async () => {
  const files = { ...model, "dashboards/a.yml": dashboard(line), "dashboards/b.yml": dashboard(line) };
  assert.equal(
    await compileError(files),
    `dashboards/b.yml:7:15 chart 'plays' is there already, in dashboards/a.yml

7 |         name: plays
                  ^

the name is a chart's identity: give this one another`,
  );
});
