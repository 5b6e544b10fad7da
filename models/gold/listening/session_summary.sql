/*---
description: >-
  One row a local year with sessions, by the start of the session. A session is plays of anything,
  podcasts and private sessions too, without a pause longer than session_gap_minutes.
columns:
  - name: listening_year
    description: Local year in which the sessions began.
    data_tests: [unique, not_null]
  - name: is_partial
    description: >-
      Whether no source covers some days of the year, as mostly in the first and the last year.
    data_tests: [not_null]
  - name: session_count
    description: Sessions.
    data_tests:
      - range: { min: 1 }
  - name: play_count
    description: Plays of anything, of any length.
    data_tests: [not_null]
  - name: stream_count
    description: Streams of tracks among them, private ones and exclusions included.
    data_tests: [not_null]
  - name: minutes_played
    description: Minutes played.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Plays whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: mean_length_minutes
    description: Mean minutes from start to stop of a session, pauses included.
    data_tests:
      - range: { min: 0 }
  - name: median_length_minutes
    description: Half of the sessions are at most this long.
    data_tests:
      - range: { min: 0 }
  - name: longest_length_minutes
    description: The longest session.
  - name: longest_started_at
    description: Its start, UTC; of equally long ones the latest.
    data_tests: [not_null]
  - name: plays_per_session
    description: Mean plays of a session.
  - name: plays_with_skip_known
    description: Plays of which it is known whether they were skipped.
    data_tests: [not_null]
  - name: skip_count
    description: Plays known to be skipped.
    data_tests: [not_null]
  - name: skipless_sessions
    description: Sessions of at least two plays, all of them known, without a skip.
    data_tests: [not_null]
data_tests:
  - expression: { expression: median_length_minutes <= longest_length_minutes }
  - expression: { expression: skip_count <= plays_with_skip_known }
---*/

with

timed_sessions as (

    select * from {{ref 'timed_sessions'}}

),

recorded_years as (

    select * from {{ref 'recorded_years'}}

),

sessions_summed as (

    select
        listening_year,
        count(*) as session_count,
        cast(sum(play_count) as bigint) as play_count,
        cast(sum(stream_count) as bigint) as stream_count,
        cast(sum(plays_without_ms) as bigint) as plays_without_ms,
        {{> minutes_played}} as minutes_played,
        round({{> mean of='length_minutes'}}, 2) as mean_length_minutes,
        {{> quantile of='length_minutes' share='0.5'}} as median_length_minutes,
        max(length_minutes) as longest_length_minutes,
        max_by(started_at, row(length_minutes, started_at)) as longest_started_at,
        round(1e0 * sum(play_count) / count(*), 2) as plays_per_session,
        cast(sum(plays_with_skip_known) as bigint) as plays_with_skip_known,
        cast(sum(skip_count) as bigint) as skip_count,
        count(*) filter (
            where play_count > 1 and plays_with_skip_known = play_count and skip_count = 0
        ) as skipless_sessions

    from timed_sessions

    group by listening_year

),

years_marked as (

    select
        sessions_summed.listening_year,
        coalesce(recorded_years.is_partial, true) as is_partial,
        {{#each (list
            'session_count' 'play_count' 'stream_count' 'plays_without_ms' 'minutes_played'
            'mean_length_minutes' 'median_length_minutes' 'longest_length_minutes'
            'longest_started_at' 'plays_per_session' 'plays_with_skip_known' 'skip_count'
            'skipless_sessions'
        ) as |column|}}
        sessions_summed.{{column}}{{#unless @last}},{{/unless}}
        {{/each}}

    from sessions_summed

    left join recorded_years
        on sessions_summed.listening_year = recorded_years.listening_year

    order by sessions_summed.listening_year

)

select * from years_marked
