/*---
description: >-
  One row a play with features, with what is known after it of the valence that its session is heading
  to: the mean of the session so far, drawn to that of all listening by the weight of 3 plays.
materialized: ephemeral
columns:
  - name: play_id
    description: The play.
  - name: session_id
    description: The session.
  - name: started_at
    description: Start of the play, UTC.
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
  - name: feature_source
    description: Where the features come from.
  - name: session_play_count
    description: Plays with features in the session so far.
  - name: valence
    description: The play's own.
  - name: session_valence
    description: Mean of the session so far.
  - name: running_valence
    description: Mean of all plays so far.
  - name: session_valence_estimate
    description: Mean of the session so far, drawn to that of all plays.
  - name: is_repeated
    description: Whether the session's next play is of the same song.
  - name: next_valence
    description: That of the session's next play; null after the last.
---*/

with

session_moods as (

    select * from {{ref 'session_moods'}}

),

states as (

    select
        play_id,
        session_id,
        started_at,
        hour_of_day,
        feature_source,
        session_play_count,
        valence,
        session_valence,
        running_valence,
        (session_play_count * session_valence + 3 * running_valence) / (session_play_count + 3)
            as session_valence_estimate,
        coalesce(song_id = next_song_id, false) as is_repeated,
        next_valence

    from session_moods

)

select * from states
