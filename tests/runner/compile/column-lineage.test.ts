import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";

import { bindingOf } from "../../../runner/commands/binding-of.ts";
import { compileProject } from "../../../runner/compile/compile-project.ts";
import type { Manifest } from "../../../runner/compile/manifest.ts";
import { createBinder } from "../../../runner/execution/binder.ts";
import { loadProject } from "../../../runner/project/load-project.ts";
import { createSqlParser } from "../../../runner/warehouse/sql-parser.ts";
import { compileFiles } from "../../support/compile-error.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

/** Column of the project's own models → the columns it is made of, read off their SQL by hand. Ephemeral models are looked through. */
const byHand: Readonly<Record<string, string>> = {
  "poll_gaps.batch_id": "landings.batch_id",
  "poll_gaps.gap_from": "landings.gaps",
  "plays.track_name": "play_sightings.track_name tracks.track_name",
  "plays.album_name": "play_sightings.album_name tracks.album_name",
  "plays.is_estimated": "play_sightings.source_kind",
  "plays.is_stream": "play_sightings.ms_played",
  "plays.started_at": "play_times.started_at",
  "plays.is_skipped":
    "play_sightings.media_type play_sightings.ms_played play_sightings.reason_end skip_reasons.finished_share skip_reasons.reason_end tracks.duration_ms",
  "play_reconciliation.file": "listening_history.file",
  "play_reconciliation.rows_in": "",
  "play_reconciliation.near_copies": "play_sightings.drop_reason",
  "songs.song_name": "plays.track_name",
  "songs.track_count": "plays.track_id",
  "songs.first_started_at": "plays.started_at",
  "songs.play_count": "",
  "sessions.session_id": "play_sessions.session_id",
  "sessions.length_minutes": "plays.started_at plays.stopped_at",
  "sessions.plays_without_ms": "plays.ms_played",
  "sessions.stream_count": "plays.is_stream plays.media_type",
  "sessions.plays_with_features": "song_features.song_id",
  "sessions.avg_valence": "song_features.valence",
  "song_features.song_id": "songs.song_id",
  "song_features.feature_source": "catalogue_features.feature_source",
  "song_features.valence":
    "api_tracks.valence artist_features.valence catalogue_features.valence given_features.valence synthetic_features.valence",
  "song_features.mood_category": "mood_quadrants.mood_category mood_quadrants.mood_label",
  "streams.has_features": "listening_with_features.feature_source",
  "streams.valence": "listening_with_features.feature_source listening_with_features.valence",
  "exclusion_rules.artist_key": "exclusions.kind exclusions.value",
  "exclusion_rules.song_id":
    "catalogue_tracks.song_id exclusions.artist_name exclusions.kind exclusions.value tracks.song_id",
  "mood_transitions.mood_category": "mood_quadrants.mood_category",
  "mood_transitions.next_mood": "mood_quadrants.mood_category",
  "mood_transitions.transitions": "",
  "mood_transitions.expected_transitions": "mood_quadrants.mood_category",
  "song_feature_pairs.feature_1": "",
  "song_feature_pairs.x":
    "streams.acousticness streams.danceability streams.energy streams.instrumentalness streams.loudness streams.tempo streams.valence",
  "recorded_listening.distinct_artists": "songs.artist_key streams.artist_name",
  "streaks.days": "",
  "streaks.first_date": "covered_days.covered_date",
  "streaks.minutes_played": "streams.ms_played",
  "streaks.is_start_known": "covered_days.covered_date covered_days.is_complete",
  "streaks.rank_by_days": "covered_days.covered_date streams.ms_played",
  "year_days.busiest_date": "covered_days.covered_date streams.ms_played",
  "top_artists.artist_name": "streams.artist_name",
  "top_artists.distinct_songs": "streams.song_id",
  "top_artists.rank_by_minutes": "songs.artist_key streams.artist_name streams.ms_played streams.started_at",
  "platform_mix.distinct_platforms": "plays.platform",
  "platform_mix.stream_percentage": "streams.listening_date",
  "clusters_described.plays": "song_clusters.plays",
  "clusters_described.model_version": "song_clusters.model_version song_clusters.song_id",
  "skip_predictions.play_id": "skip_scores.row_id",
  "skip_predictions.skip_probability": "skip_scores.probabilities",
};

let own: Manifest;

before(async () => {
  await inScratchFolder(async (folder) => {
    const project = await loadProject(join(import.meta.dirname, "../../.."));
    const parser = createSqlParser(join(folder, "reads.json"), "test");
    const binder = createBinder({ ...bindingOf(project), cachePath: join(folder, "columns.json"), engine: "test" });
    own = await compileProject(project, "2026-01-31", { parser, binder });
  });
});

function originsOf({ nodes }: Manifest, model: string, column: string): string | null {
  const node = Object.values(nodes).find(({ name }) => name === model);
  const from = node?.boundColumns.find(({ name }) => name === column)?.from;
  if (from === undefined) throw new Error(`There is no column ${model}.${column}.`);
  return from === null
    ? null
    : from
        .map((it) => `${nodes[it.uniqueId]?.name}.${it.column}`)
        .toSorted()
        .join(" ");
}

test("columns of the project's models are made of what their SQL says", () => {
  const found = Object.fromEntries(
    Object.keys(byHand).map((key) => {
      const [model = "", column = ""] = key.split(".");
      return [key, originsOf(own, model, column)];
    }),
  );
  assert.deepEqual(found, byHand);
});

test("of every column of the project's models it is known what it is made of, and that is there", () => {
  const columns = new Set(
    Object.values(own.nodes).flatMap(({ uniqueId, boundColumns }) =>
      boundColumns.map(({ name }) => `${uniqueId} ${name}`),
    ),
  );
  const lost = Object.values(own.nodes).flatMap(({ name, reads, boundColumns }) =>
    boundColumns.flatMap((column) => {
      const isSound = column.from?.every(
        (it) => reads.includes(it.uniqueId) && columns.has(`${it.uniqueId} ${it.column}`),
      );
      return isSound === true ? [] : [`${name}.${column.name}`];
    }),
  );
  assert.deepEqual(lost, []);
});

/** A SELECT over t (a, b, c), u (a, d) and l (xs: a list, s: a struct), and what each of its columns is made of. */
const selects: readonly [what: string, sql: string, origins: Readonly<Record<string, string>>][] = [
  ["a star", "select * from T", { a: "t.a", b: "t.b", c: "t.c" }],
  [
    "a star over a join",
    "select * exclude (c), u.d as e from T join U on t.a = u.a",
    { a: "t.a", b: "t.b", a_1: "u.a", d: "u.d", e: "u.d" },
  ],
  [
    "replaced and renamed columns",
    "select * replace (a + b as b) rename (c as z) from T",
    { a: "t.a", b: "t.a t.b", z: "t.c" },
  ],
  ["columns of a join's USING", "select * from T left join U using (a)", { a: "t.a", b: "t.b", c: "t.c", d: "u.d" }],
  ["columns of a full join's USING", "select a, d from T full join U using (a)", { a: "t.a u.a", d: "u.d" }],
  ["columns of a natural right join", "select a, b from T natural right join U", { a: "u.a", b: "t.b" }],
  ["a semi join", "select * from T semi join U using (a)", { a: "t.a", b: "t.b", c: "t.c" }],
  ["a union by place", "select a as x from T union all select d from U", { x: "t.a u.d" }],
  ["a union by name", "select a, b from T union all by name select a, d from U", { a: "t.a u.a", b: "t.b", d: "u.d" }],
  ["what an EXCEPT keeps", "select a from T except select a from U", { a: "t.a" }],
  [
    "a chain of CTEs of which one hides a table",
    "with t as (select b as a from T), s as (select a + 1 as n from t) select n from s",
    { n: "t.b" },
  ],
  ["a CTE with names of its own", "with s (x, y) as (select a, d from U) select y from s", { y: "u.d" }],
  [
    "a recursive CTE",
    "with recursive r as (select a as x, b as y from T union all select r.y, u.d from r join U on r.x = u.a) select x from r",
    { x: "t.a t.b u.d" },
  ],
  [
    "aggregates with filter and order",
    "select max(a) filter (where b > 1) as m, list(a order by c) as l from T",
    { m: "t.a t.b", l: "t.a t.c" },
  ],
  [
    "windows",
    "select sum(a) over (partition by b order by c) as s, row_number() over w as n from T window w as (order by b)",
    { s: "t.a t.b t.c", n: "t.b" },
  ],
  [
    "conditions that are no part of the value",
    "select a from T where b > 1 group by a, c having max(c) > 1 qualify row_number() over (order by c) = 1",
    { a: "t.a" },
  ],
  ["an alias used by the next column", "select a + 1 as x, x * b as y from T", { x: "t.a", y: "t.a t.b" }],
  [
    "a correlated subquery",
    "select (select max(d) from U where u.a = t.a) as m, a in (select d from U) as i from T",
    { m: "u.d", i: "t.a u.d" },
  ],
  ["an outer column inside a subquery", "select (select max(u.d + t.c) from U) as m from T", { m: "t.c u.d" }],
  ["an EXISTS", "select exists (select 1 from U where u.a = t.b) as e from T", { e: "t.b u.a" }],
  ["a lateral join", "select x.n from T, lateral (select t.a + u.d as n from U) as x", { n: "t.a u.d" }],
  [
    "unnest as a table and as a column",
    "select x, unnest(xs) as y from L, unnest(l.xs) as un (x)",
    { x: "l.xs", y: "l.xs" },
  ],
  ["a struct's field", "select s.k as k, l.s.k as k2, s['k'] as k3 from L", { k: "l.s", k2: "l.s", k3: "l.s" }],
  [
    "a lambda",
    "select list_transform(xs, lambda v: v + s.k) as m, [x * 2 for x in xs] as n from L",
    { m: "l.s l.xs", n: "l.xs" },
  ],
  ["an unpivot", "select a, n, v from T unpivot (v for n in (b, c))", { a: "t.a", n: "", v: "t.b t.c" }],
  [
    "a pivot",
    "select * from T pivot (max(c) for b in (1, 2) group by a)",
    { a: "t.a", "1": "t.b t.c", "2": "t.b t.c" },
  ],
  ["columns by a pattern", "select max(columns('[ab]')) from T", { a: "t.a", b: "t.b" }],
  [
    "values and constants",
    "select v.i, 1 as one, t.a from T, (values (1), (2)) as v (i)",
    { i: "", one: "", a: "t.a" },
  ],
  ["a table's row", "select t as whole from T", { whole: "t.a t.b t.c" }],
];

test("origins are found through every part of a SELECT", async () => {
  const model = (sql: string): string => sql.replaceAll(/\b[TUL]\b/g, (name) => `{{ref '${name.toLowerCase()}'}}`);
  const files = Object.fromEntries(selects.map(([, sql], at) => [`models/silver/m${at}.sql`, `${model(sql)}\n`]));
  const manifest = await compileFiles({
    ...files,
    "models/silver/t.sql": "select 1 as a, 2 as b, 3 as c\n",
    "models/silver/u.sql": "select 1 as a, 2 as d\n",
    "models/silver/l.sql": "select [1] as xs, {'k': 1} as s\n",
  });
  for (const [at, [what, , expected]] of selects.entries()) {
    const columns = manifest.nodes[`model.small.m${at}`]?.boundColumns ?? [];
    const found = columns.map(({ name }): [string, string | null] => [name, originsOf(manifest, `m${at}`, name)]);
    assert.deepEqual(Object.fromEntries(found), expected, what);
  }
});
