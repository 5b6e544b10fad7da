/*---
description: >-
  One row a play of a track of any length, private sessions and exclusions included, with what its
  skips are broken down by.
materialized: ephemeral
columns:
  - name: is_skipped
    description: Whether it was skipped; null where the source does not tell.
  - name: is_stream
    description: Whether it played at least min_ms_played.
  - name: ms_played
    description: Milliseconds played; null where the source has none.
  - name: all_plays
    description: The same for every play.
  - name: listening_year
    description: Local year of the start, as text.
  - name: hour_of_day
    description: Local hour of the start, as text, 0 to 23.
  - name: day_of_week
    description: Local day of the start, as text, 1 = Sunday to 7 = Saturday.
  - name: reason_start
    description: Why the play began; unknown where the source does not tell.
  - name: shuffle
    description: on, off, or unknown where the source does not tell.
  - name: platform_family
    description: Kind of player by seed platforms; unknown where the source does not tell.
---*/

with

plays as (

    select *, {{> local_time moment='started_at'}} as local_started_at

    from {{ref 'plays'}}

    where media_type = 'track'

),

platform_families as (

    select * from {{ref 'platform_families'}}

    where platform != ''

),

plays_described as (

    select
        plays.is_skipped,
        plays.is_stream,
        plays.ms_played,
        'all' as all_plays,
        cast(year(plays.local_started_at) as varchar) as listening_year,
        cast(hour(plays.local_started_at) as varchar) as hour_of_day,
        cast({{> day_of_week day='plays.local_started_at'}} as varchar) as day_of_week,
        coalesce(nullif(plays.reason_start, ''), 'unknown') as reason_start,
        case plays.is_shuffle when true then 'on' when false then 'off' else 'unknown' end
            as shuffle,
        coalesce(platform_families.platform_family, 'unknown') as platform_family

    from plays

    left join platform_families
        on plays.platform = platform_families.platform

)

select * from plays_described
