/*---
description: >-
  One row a local day and a kind of source that tells of it. On a day that stands here, no play means
  that nothing was played; on any other day it is unknown what was played. An extended history covers
  every day from its first play to its last, all its files together.
columns:
  - name: covered_date
    description: Local day.
    data_tests: [not_null]
  - name: source_kind
    description: Kind of source.
    data_tests: [not_null]
  - name: is_complete
    description: Whether the source tells of the whole day. It was cut off some time on its last day.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [covered_date, source_kind] }
---*/

with

plays as (

    select
        source_kind,
        {{> local_time moment='started_at'}}::date as started_date,
        {{> local_time moment='ended_at'}}::date as ended_date

    from {{ref 'plays'}}

),

spans as (

    select
        source_kind,
        min(started_date) as first_date,
        max(ended_date) as last_date

    from plays

    group by source_kind

),

days_covered as (

    select
        unnest(generate_series(first_date, last_date, interval 1 day))::date as covered_date,
        source_kind,
        covered_date < last_date as is_complete

    from spans

)

select * from days_covered
