/*---
description: >-
  One row a play of anything, with the session it belongs to. A session ends where nothing plays for
  longer than session_gap_minutes.
columns:
  - name: play_id
    description: The play.
    data_tests:
      - unique
      - not_null
      - relationships: { to: plays, field: play_id }
  - name: session_id
    description: The session, named by the id of its first play.
    data_tests: [not_null]
  - name: position_in_session
    description: Place of the play in its session, from 1, by started_at and play_id.
    data_tests:
      - not_null
      - range: { min: 1 }
---*/

with

plays as (

    select play_id, account, started_at, stopped_at from {{ref 'plays'}}

),

gaps_measured as (

    select
        *,
        max(stopped_at) over (
            partition by account
            order by started_at, play_id
            rows between unbounded preceding and 1 preceding
        ) as stopped_before_at

    from plays

),

sessions_begun as (

    select
        *,
        stopped_before_at is null
            or started_at
                > stopped_before_at + interval '1' minute * {{lit (var 'session_gap_minutes')}}
            as begins_session

    from gaps_measured

),

sessions_named as (

    select
        *,
        {{> last_known of='if(begins_session, play_id, null)'}} over (
            partition by account
            order by started_at, play_id
            rows between unbounded preceding and current row
        ) as session_id

    from sessions_begun

),

positions_counted as (

    select
        play_id,
        session_id,
        row_number() over (partition by session_id order by started_at, play_id)
            as position_in_session

    from sessions_named

)

select * from positions_counted
