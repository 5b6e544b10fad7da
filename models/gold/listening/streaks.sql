/*---
description: >-
  One row a streak: covered local days in a row, each with a stream. A covered day without one ends
  it. So does a day that no source covers, of which nobody knows; is_start_known and is_end_known
  are false there, and the streak may have been longer.
columns:
  - name: first_date
    description: First local day of the streak.
    data_tests: [unique, not_null]
  - name: last_date
    description: Last local day of the streak.
    data_tests: [unique, not_null]
  - name: days
    description: Days of the streak; the least it can have been unless both ends are known.
    data_tests:
      - range: { min: 1 }
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
  - name: is_start_known
    description: Whether the day before is known whole and has no stream.
    data_tests: [not_null]
  - name: is_end_known
    description: Whether the day after is known whole and has no stream.
    data_tests: [not_null]
  - name: is_current
    description: >-
      Whether it reaches the last covered day, or the day before where that last one has no stream
      yet and is not known whole.
    data_tests: [not_null]
  - name: rank_by_days
    description: Rank by days, then by minutes, streams and the later first day; from 1.
    data_tests:
      - unique
      - not_null
data_tests:
  - expression: { expression: last_date - first_date + 1 = days }
  - expression: { expression: not (is_current and is_end_known) }
---*/

with

recorded_listening as (

    select
        *,
        stream_count > 0 as is_heard,
        is_complete and stream_count = 0 as is_silent

    from {{ref 'recorded_listening'}}

),

days_followed as (

    select
        *,
        coalesce(lag(covered_date) over by_day = covered_date - interval '1' day, false)
            as follows_day,
        coalesce(lead(covered_date) over by_day = covered_date + interval '1' day, false)
            as precedes_day,
        lag(is_heard) over by_day as was_heard,
        lag(is_silent) over by_day as was_silent,
        lead(is_silent) over by_day as will_be_silent,
        max(covered_date) over () as last_covered_date

    from recorded_listening

    window by_day as (order by covered_date)

),

days_compared as (

    select
        *,
        is_heard and not (follows_day and was_heard) as begins_streak,
        follows_day and was_silent as follows_silence,
        precedes_day and will_be_silent as precedes_silence

    from days_followed

),

streaks_numbered as (

    select
        *,
        count(if(begins_streak, 1, null)) over (order by covered_date) as streak_number

    from days_compared

),

streaks_measured as (

    select
        min(covered_date) as first_date,
        max(covered_date) as last_date,
        count(*) as days,
        cast(sum(stream_count) as bigint) as stream_count,
        round(sum(ms_played) / 60000e0, 2) as minutes_played,
        cast(sum(plays_without_ms) as bigint) as plays_without_ms,
        bool_or(follows_silence) as is_start_known,
        bool_or(precedes_silence) as is_end_known,
        max(covered_date) >= max(last_covered_date) - interval '1' day
            and not bool_or(precedes_silence) as is_current

    from streaks_numbered

    where is_heard

    group by streak_number

),

streaks_ranked as (

    select
        *,
        row_number() over (
            order by days desc, minutes_played desc, stream_count desc, first_date desc
        ) as rank_by_days

    from streaks_measured

    order by rank_by_days

)

select * from streaks_ranked
