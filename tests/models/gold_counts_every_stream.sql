/*---
description: The hours of the week, the days and the feature sources add up to the same streams.
severity: error
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

listening_patterns_by_time as (

    select * from {{ref 'listening_patterns_by_time'}}

),

temporal_trends as (

    select * from {{ref 'temporal_trends'}}

),

feature_source_coverage as (

    select * from {{ref 'feature_source_coverage'}}

),

totals as (

    select
        (select count(*) from streams) as streams,
        (select coalesce(sum(play_count), 0) from listening_patterns_by_time) as by_hour,
        (select coalesce(sum(total_plays), 0) from temporal_trends) as by_day,
        (select coalesce(sum(record_count), 0) from feature_source_coverage) as by_source

),

mismatches as (

    select * from totals

    where streams != by_hour
    or streams != by_day
    or streams != by_source

)

select * from mismatches
