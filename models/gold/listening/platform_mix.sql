/*---
description: >-
  One row a local year and kind of player, with what was streamed on it. Seed platforms says which
  of Spotify's platform strings is which kind. Account data names no platform: those streams are
  unknown.
columns:
  - name: listening_year
    description: Local year of the start.
    data_tests: [not_null]
  - name: is_partial
    description: >-
      Whether no source covers some days of the year, as mostly in the first and the last year.
    data_tests: [not_null]
  - name: platform_family
    description: Kind of player; other where seed platforms has none, unknown without a platform.
    data_tests:
      - not_null
      - accepted_values:
          values:
            - phone
            - tablet
            - desktop
            - web_player
            - speaker
            - tv
            - console
            - car
            - watch
            - other
            - unknown
  - name: distinct_platforms
    description: Different platform strings.
    data_tests: [not_null]
  - name: stream_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: minutes_played
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: stream_percentage
    description: Share of the year's streams in percent.
    data_tests:
      - range: { min: 0, max: 100 }
  - name: minutes_percentage
    description: Share of the year's minutes in percent; null where no stream has a length.
    data_tests:
      - range: { min: 0, max: 100, severity: warn }
data_tests:
  - unique: { columns: [listening_year, platform_family] }
---*/

with

streams_by_year as (

    select * from {{ref 'streams_by_year'}}

),

plays as (

    select play_id, platform from {{ref 'plays'}}

),

platform_families as (

    select * from {{ref 'platform_families'}}

),

families_found as (

    select
        streams_by_year.*,
        nullif(plays.platform, '') as platform,
        if(
            nullif(plays.platform, '') is null,
            'unknown',
            platform_families.platform_family
        ) as platform_family

    from streams_by_year

    inner join plays
        on streams_by_year.play_id = plays.play_id

    left join platform_families
        on plays.platform = platform_families.platform

),

families_counted as (

    select
        listening_year,
        is_partial,
        platform_family,
        count(distinct platform) as distinct_platforms,
        count(*) as stream_count,
        {{> minutes_played}} as minutes_played,
        count(*) filter (where ms_played is null) as plays_without_ms,
        round(100e0 * count(*) / sum(count(*)) over (partition by listening_year), 2)
            as stream_percentage,
        {{> share_of_minutes beside='partition by listening_year'}} as minutes_percentage

    from families_found

    group by listening_year, is_partial, platform_family

    order by listening_year, stream_count desc, platform_family

)

select * from families_counted
