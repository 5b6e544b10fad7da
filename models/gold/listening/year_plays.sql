/*---
description: One row a local year with plays of any length, with its sessions and skips.
materialized: ephemeral
columns:
  - name: listening_year
    description: Local year.
  - name: session_count
    description: Sessions that began in the year.
  - name: play_count
    description: Plays of tracks.
  - name: plays_with_skip_known
    description: Plays of tracks of which it is known whether they were skipped.
  - name: skip_count
    description: Plays of tracks known to be skipped.
  - name: skip_percentage
    description: Skips in percent of the plays of which it is known.
---*/

with

session_summary as (

    select listening_year, session_count from {{ref 'session_summary'}}

),

skip_behaviour as (

    select *, cast(value as bigint) as listening_year from {{ref 'skip_behaviour'}}

    where breakdown = 'listening_year'

),

years_joined as (

    select
        coalesce(session_summary.listening_year, skip_behaviour.listening_year) as listening_year,
        session_summary.session_count,
        skip_behaviour.play_count,
        skip_behaviour.plays_with_skip_known,
        skip_behaviour.skip_count,
        skip_behaviour.skip_percentage

    from session_summary

    full join skip_behaviour
        on session_summary.listening_year = skip_behaviour.listening_year

)

select * from years_joined
