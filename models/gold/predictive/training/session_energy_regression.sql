/*---
description: >-
  One row a play with features that another play with features of its session follows: the training
  set of the model that tells the energy of that next play. A model must beat the mean of all listening
  so far. Repeats of a song are left out.
materialized: trained_model
training:
  task: regression
  label: next_energy
  key: play_id
  group: session_id
  time: started_at
  provenance: feature_source
  baseline: running_energy
  range: { min: 0, max: 1 }
  algorithms: [ridge, boosted_trees]
columns:
  - name: play_id
    description: The play after which the next one is told.
    data_tests: [unique, not_null]
  - name: session_id
    description: The session, whose plays are never in two folds.
    data_tests: [not_null]
  - name: started_at
    description: Start of the play, UTC; the newest plays judge.
    data_tests: [not_null]
  - name: feature_source
    description: Where the features come from.
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
  - name: session_play_count
    description: Plays with features in the session so far.
  - name: energy
    description: The play's own.
  - name: session_energy
    description: Mean of the session so far.
  - name: running_energy
    description: Mean of all plays so far, which is the baseline.
  - name: session_energy_estimate
    description: Mean of the session so far, drawn to that of all plays.
  - name: next_energy
    description: That of the next play, which is learned.
    data_tests: [not_null]
---*/

with

session_states as (

    select * from {{ref 'session_states'}}

),

training_set as (

    select
        {{> session_state feature='energy'}}

    from session_states

    where next_energy is not null
    and not is_repeated

)

select * from training_set
