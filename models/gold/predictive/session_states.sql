/*---
description: >-
  One row a play with features, with what is known after it of the valence and the energy that its
  session is heading to: the mean of the session so far, drawn to that of all listening by the weight
  of 3 plays.
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
  - name: next_valence
    description: That of the session's next play; null after the last.
  - name: energy
    description: The play's own.
  - name: session_energy
    description: Mean of the session so far.
  - name: running_energy
    description: Mean of all plays so far.
  - name: session_energy_estimate
    description: Mean of the session so far, drawn to that of all plays.
  - name: next_energy
    description: That of the session's next play; null after the last.
  - name: is_repeated
    description: Whether the session's next play is of the same song.
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
        {{#each (list 'valence' 'energy') as |feature|}}
        {{feature}},
        session_{{feature}},
        running_{{feature}},
        (session_play_count * session_{{feature}} + 3 * running_{{feature}}) / (session_play_count + 3)
            as session_{{feature}}_estimate,
        next_{{feature}},
        {{/each}}
        coalesce(song_id = next_song_id, false) as is_repeated

    from session_moods

)

select * from states
