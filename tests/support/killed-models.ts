import { smallProject } from "./tonearm.ts";

const generation = "count(*)::int as generation from {{ref 'plays'}}";
const ifChanged = "{{#if (is_incremental)}}where country in ({{changed_partitions}}){{/if}}";
/** Groups of plays by a column, of which an incremental build makes those anew that have new plays. */
const grouped = (
  column: string,
): string => `select ${column}, count(*)::int as plays, max(play_id) as newest_id from {{ref 'plays'}}
{{#if (is_incremental)}}where ${column} in (
    select ${column} from {{ref 'plays'}} where play_id > (select max(newest_id) from {{this_relation}})
){{/if}}
group by ${column}`;

/** How many countries there are: the play of a generation was in `country <generation % countries>`. */
export const countries = 3;

/** The rows that `echoes` has of a play. */
export const echoes = 1000;

/**
 * A project whose every relation tells the generation, which is how many files had landed when it was built, each with one play. In each way
 * that there is some of them are built incrementally.
 */
export const killedModels = {
  "project.yml": `${smallProject.replace("keep_releases: 3", "keep_releases: 2")}sources:
  - name: bronze
    description: Landed rows.
    tables:
      - name: listening_history
        description: Plays.
        columns:
          - { name: track_id, data_type: VARCHAR, description: Song., data_tests: [not_null] }
          - { name: ms_played, data_type: BIGINT, description: Number of the file., data_tests: [unique] }
          - { name: country, data_type: VARCHAR, description: Where it was., data_tests: [not_null] }
`,
  "models/silver/plays.sql": `/*---
description: Plays.
materialized: partitioned
partition_by: country
columns:
  - { name: play_id, description: Key., data_tests: [unique, not_null] }
---*/
select ms_played as play_id, track_id, country, ms_played % 4 as slot from {{source 'bronze.listening_history'}}
${ifChanged}
`,
  "models/gold/totals.sql": `/*--- { description: Total. } ---*/\nselect ${generation}\n`,
  // Some megabytes, so that copies and checkpoints take their time.
  "models/gold/many.sql": `/*--- { description: Many. } ---*/
select totals.generation, hash(numbers.range + totals.generation) as number_id
from {{ref 'totals'}} as totals, range(100000) as numbers
`,
  "models/gold/echoes.sql": `/*---
description: Many rows of each play, which tell how many plays its country has.
materialized: partitioned
partition_by: country
unique_key: [play_id, echo]
---*/
with plays as (select *, count(*) over (partition by country) as plays from {{ref 'plays'}} ${ifChanged})
select play_id, country, plays, range as echo, hash(range + plays) as number_id from plays, range(${echoes})
`,
  "models/gold/appended.sql": `/*--- { description: Grows., materialized: incremental, incremental_strategy: append } ---*/
select play_id from {{ref 'plays'}}
{{#if (is_incremental)}}where play_id > (select max(play_id) from {{this_relation}}){{/if}}
`,
  "models/gold/replaced.sql": `/*--- { description: Slots., materialized: incremental, unique_key: slot } ---*/
${grouped("slot")}
`,
  "models/gold/merged.sql": `/*--- { description: Countries., materialized: incremental, incremental_strategy: merge, unique_key: country } ---*/
${grouped("country")}
`,
  "tests/models/all_are_of_one_generation.sql": `select * from {{ref 'totals'}}
where generation != (select max(generation) from {{ref 'many'}}) or generation != (select count(*) from {{ref 'appended'}})
`,
};
