/*---
description: >-
  One row a breakdown and its value, with how many of the plays of tracks were skipped. It reads all
  plays of any length, private sessions and exclusions included; seed skip_reasons says what a skip
  is. Plays of which that is not known, such as all of account data, are left out of the percentage
  and counted.
columns:
  - name: breakdown
    description: What the plays are broken down by; total is all of them in one row.
    data_tests:
      - not_null
      - accepted_values:
          values:
            - total
            - listening_year
            - hour_of_day
            - day_of_week
            - reason_start
            - shuffle
            - platform_family
  - name: value
    description: >-
      all; the local year; the local hour; the local day, 1 = Sunday to 7 = Saturday; why the play
      began; on or off; the kind of player. unknown where the source does not tell.
    data_tests: [not_null]
  - name: position
    description: >-
      Place in the breakdown, from 1: years, hours and days in their order, the rest by plays, then
      by value.
    data_tests:
      - range: { min: 1 }
  - name: play_count
    description: Plays of tracks, of any length.
    data_tests:
      - range: { min: 1 }
  - name: stream_count
    description: Those of at least min_ms_played.
    data_tests: [not_null]
  - name: plays_with_skip_known
    description: Plays of which it is known whether they were skipped.
    data_tests: [not_null]
  - name: plays_with_skip_unknown
    description: The other plays.
    data_tests: [not_null]
  - name: skip_count
    description: Plays known to be skipped.
    data_tests: [not_null]
  - name: skip_percentage
    description: Skips in percent of the plays of which it is known; null where it is of none.
    data_tests:
      - range: { min: 0, max: 100 }
  - name: median_seconds_before_skip
    description: >-
      Half of the skips came at or before this many seconds of the track; null without skips.
    data_tests:
      - range: { min: 0 }
data_tests:
  - unique: { columns: [breakdown, value] }
  - unique: { columns: [breakdown, position] }
  - expression: { expression: plays_with_skip_known + plays_with_skip_unknown = play_count }
  - expression: { expression: skip_count <= plays_with_skip_known }
---*/

with

play_skips as (

    select * from {{ref 'play_skips'}}

),

breakdowns_counted as (

    {{#each (list
        'all_plays' 'listening_year' 'hour_of_day' 'day_of_week' 'reason_start' 'shuffle'
        'platform_family'
    ) as |column|}}
    select
        '{{column}}' as breakdown,
        {{column}} as value,
        count(*) as play_count,
        count(*) filter (where is_stream) as stream_count,
        {{> skip_counts}},
        round({{> quantile of='if(is_skipped, ms_played, null)' share='0.5'}} / 1000e0, 1)
            as median_seconds_before_skip

    from play_skips

    group by {{column}}
    {{#unless @last}}

    union all

    {{/unless}}
    {{/each}}

),

values_placed as (

    select
        if(breakdown = 'all_plays', 'total', breakdown) as breakdown,
        value,
        row_number() over (
            partition by breakdown
            order by try_cast(value as integer), play_count desc, value
        ) as position,
        play_count,
        stream_count,
        plays_with_skip_known,
        plays_with_skip_unknown,
        skip_count,
        skip_percentage,
        median_seconds_before_skip

    from breakdowns_counted

    order by breakdown, position

)

select * from values_placed
