/*---
description: One row a session, with its local year and the exact time played, which adds up.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year in which it began.
  - name: started_at
    description: Start of its first play, UTC.
  - name: length_minutes
    description: Minutes from start to stop, pauses included.
  - name: ms_played
    description: Milliseconds played; null where no play has a length.
  - name: plays_without_ms
    description: Plays whose source has no length.
  - name: play_count
    description: Plays of anything.
  - name: stream_count
    description: Streams of tracks.
  - name: plays_with_skip_known
    description: Plays of which it is known whether they were skipped.
  - name: skip_count
    description: Plays known to be skipped.
---*/

with

sessions as (

    select * from {{ref 'sessions'}}

),

play_sessions as (

    select play_id, session_id from {{ref 'play_sessions'}}

),

plays as (

    select play_id, ms_played from {{ref 'plays'}}

),

lengths_summed as (

    select
        play_sessions.session_id,
        sum(plays.ms_played) as ms_played

    from play_sessions

    inner join plays
        on play_sessions.play_id = plays.play_id

    group by play_sessions.session_id

),

sessions_timed as (

    select
        year({{> local_time moment='sessions.started_at'}}) as listening_year,
        sessions.started_at,
        sessions.length_minutes,
        lengths_summed.ms_played,
        sessions.plays_without_ms,
        sessions.play_count,
        sessions.stream_count,
        sessions.plays_with_skip_known,
        sessions.skip_count

    from sessions

    inner join lengths_summed
        on sessions.session_id = lengths_summed.session_id

)

select * from sessions_timed
