/*---
description: >-
  One row a local day and a kind of source that tells of it. On a day that stands here, no play
  means that nothing was played; on any other day it is unknown what was played. An extended history
  covers every day from its first play to its last, all its files together.
columns:
  - name: covered_date
    description: Local day.
    data_tests: [not_null]
  - name: source_kind
    description: Kind of source.
    data_tests: [not_null]
  - name: is_complete
    description: Whether it tells of the whole day. On its last day it was cut off at some hour.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [covered_date, source_kind] }
---*/

with

plays as (

    select source_kind, started_at, ended_at from {{ref 'plays'}}

),

spans as (

    select
        source_kind,
        min(started_at) as first_started_at,
        max(ended_at) as last_ended_at

    from plays

    group by source_kind

),

dates_converted as (

    select
        source_kind,
        {{> local_time moment='first_started_at'}}::date as first_date,
        {{> local_time moment='last_ended_at'}}::date as last_date

    from spans

),

days_covered as (

    select
        unnest(generate_series(first_date, last_date, interval 1 day))::date as covered_date,
        source_kind,
        covered_date < last_date as is_complete

    from dates_converted

)

select * from days_covered
