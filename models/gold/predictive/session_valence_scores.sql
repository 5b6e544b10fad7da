/*---
description: One row a play with features, with the valence that its session is heading to.
materialized: predictions
scored_by: session_valence_regression
columns:
  - name: play_id
    description: The play after which the next one is told.
    data_tests: [unique, not_null]
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
  - name: prediction
    description: The valence expected next; of a play that was trained on by a model that had not seen its session.
  - name: lower
    description: Lower end of the 80 % interval.
  - name: upper
    description: Upper end of the 80 % interval.
  - name: is_holdout
    description: Whether the play is among the newest, by which the version was judged.
  - name: model_version
    description: Version of the model; null without a champion.
---*/

with

session_states as (

    select * from {{ref 'session_states'}}

),

rows_to_score as (

    select
        {{> session_state feature='valence'}}

    from session_states

)

select * from rows_to_score
