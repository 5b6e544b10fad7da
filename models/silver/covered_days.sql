/*---
description: >-
  One row a local day and a kind of source that tells of it. On a day that stands here, no play
  means that nothing was played; on any other day it is unknown what was played. A landed file
  covers the days from its first play to its last. An extended history also covers the days between
  its files, up to 30; a longer hole is taken for a file that did not land. Account data covers no
  hole, since the next file may be of an export made years later. The Web API covers the days from the
  first play that was polled to the last, but for the gaps in poll_gaps.
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

    where source_kind != 'api'

    group by source_kind, batch_id

),

polled_plays as (

    select ended_at from {{ref 'play_sightings'}}

    where source_kind = 'api'

),

poll_gaps as (

    select gap_to from {{ref 'poll_gaps'}}

),

plays as (

    select batch_id, min(started_at) as first_started_at from {{ref 'plays'}}

    group by batch_id

),

files_dated as (

    select
        play_sightings.source_kind,
        cast({{> local_time moment='least(
            play_sightings.first_ended_at,
            coalesce(plays.first_started_at, play_sightings.first_ended_at)
        )'}} as date) as first_date,
        cast({{> local_time moment='play_sightings.last_ended_at'}} as date) as last_date

    from play_sightings

    left join plays
        on play_sightings.batch_id = plays.batch_id

),

polls_numbered as (

    select
        polled_plays.ended_at,
        count(poll_gaps.gap_to) as gaps_before

    from polled_plays

    left join poll_gaps
        on poll_gaps.gap_to <= polled_plays.ended_at

    group by polled_plays.ended_at

),

polls_dated as (

    select
        'api' as source_kind,
        cast({{> local_time moment='min(ended_at)'}} as date) as first_date,
        cast({{> local_time moment='max(ended_at)'}} as date) as last_date

    from polls_numbered

    group by gaps_before

),

holes_found as (

    select
        *,
        source_kind = 'api' or coalesce(
            first_date > interval '1' day * if(source_kind = 'extended', 31, 1)
                + max(last_date) over (
                    partition by source_kind
                    order by first_date, last_date
                    rows between unbounded preceding and 1 preceding
                ),
            true
        ) as follows_hole

    from (select * from files_dated union all select * from polls_dated)

),

spans_numbered as (

    select
        *,
        count(if(follows_hole, 1, null)) over (
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

days_listed as (

    select
        spans.source_kind,
        spans.first_date,
        spans.last_date,
        cast(days.listed_day as date) as covered_date

    from spans

    cross join unnest({{> day_series first='spans.first_date' last='spans.last_date'}})
        as days (listed_day)

),

days_covered as (

    select
        covered_date,
        source_kind,
        covered_date < last_date
            and (source_kind = 'extended' or covered_date > first_date) as is_complete

    from days_listed

),

days_united as (

    -- A gap of some hours lies inside a day, which is then in two spans and whole in none.
    select covered_date, source_kind, bool_or(is_complete) as is_complete from days_covered

    group by covered_date, source_kind

)

select * from days_united
