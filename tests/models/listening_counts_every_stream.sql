/*---
description: Days, months, years, streaks and players add up to all streams.
severity: error
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

listening_calendar as (

    select * from {{ref 'listening_calendar'}}

),

discovery as (

    select * from {{ref 'discovery'}}

),

yearly_review as (

    select * from {{ref 'yearly_review'}}

),

streaks as (

    select * from {{ref 'streaks'}}

),

platform_mix as (

    select * from {{ref 'platform_mix'}}

),

counts as (

    {{#each (list
        'listening_calendar' 'discovery' 'yearly_review' 'streaks' 'platform_mix'
    ) as |table|}}
    select
        '{{table}}' as table_name,
        sum(stream_count) as stream_count

    from {{table}}
    {{#unless @last}}

    union all

    {{/unless}}
    {{/each}}

),

mismatches as (

    select * from counts

    where coalesce(stream_count, 0) != (select count(*) from streams)

)

select * from mismatches
