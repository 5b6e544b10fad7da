/*---
description: >-
  One row a local day and a kind of source that tells of it. On a day that stands here, no play
  means that nothing was played; on any other day it is unknown what was played. A landed file
  covers the days from its first play to its last. An extended history also covers the days between
  its files, up to 30; a longer hole is taken for a file that did not land. Account data covers no
  hole, since the next file may be of an export made years later.
columns:
  - name: covered_date
    description: Local day.
    data_tests: [not_null]
  - name: source_kind
    description: Kind of source.
    data_tests: [not_null]
  - name: is_complete
    description: >-
      Whether it tells of the whole day. On the last day before a hole it was cut off at some hour;
      account data, which reaches back 12 months, may begin at some hour too.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [covered_date, source_kind] }
---*/

with

play_sightings as (

    select
        source_kind,
        batch_id,
        min(ended_at) as first_ended_at,
        max(ended_at) as last_ended_at

    from {{ref 'play_sightings'}}

    group by source_kind, batch_id

),

plays as (

    select batch_id, min(started_at) as first_started_at from {{ref 'plays'}}

    group by batch_id

),

files_dated as (

    select
        play_sightings.source_kind,
        {{> local_time moment='least(play_sightings.first_ended_at, plays.first_started_at)'}}::date
            as first_date,
        {{> local_time moment='play_sightings.last_ended_at'}}::date as last_date

    from play_sightings

    left join plays
        on play_sightings.batch_id = plays.batch_id

),

holes_found as (

    select
        *,
        coalesce(
            first_date > if(source_kind = 'extended', 30, 0) + 1 + max(last_date) over (
                partition by source_kind
                order by first_date, last_date
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as follows_hole

    from files_dated

),

spans_numbered as (

    select
        *,
        count(*) filter (follows_hole) over (
            partition by source_kind
            order by first_date, last_date
            rows between unbounded preceding and current row
        ) as span_number

    from holes_found

),

spans as (

    select
        source_kind,
        min(first_date) as first_date,
        max(last_date) as last_date

    from spans_numbered

    group by source_kind, span_number

),

days_covered as (

    select
        unnest(generate_series(first_date, last_date, interval 1 day))::date as covered_date,
        source_kind,
        covered_date < last_date
            and (source_kind != 'account' or covered_date > first_date) as is_complete

    from spans

)

select * from days_covered
