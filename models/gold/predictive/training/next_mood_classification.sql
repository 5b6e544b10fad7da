/*---
description: >-
  One row a play with features that another play with features of its session follows: the training
  set of a model that tells the mood of that next play. Measured to be hardly learnable from one
  life; the metrics say whether it is from this one. Repeats of a song are left out.
materialized: trained_model
training:
  task: multiclass
  label: next_mood_category
  key: play_id
  group: session_id
  time: started_at
  provenance: feature_source
  categories: [mood_category]
  algorithms: [majority, logistic, boosted_trees]
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
  - name: mood_category
    description: Mood of the play.
  - name: session_valence
    description: Mean valence of the session so far.
  - name: session_energy
    description: Mean energy of the session so far.
  - name: next_mood_category
    description: Mood of the next play, which is learned.
    data_tests: [not_null]
---*/

with

session_moods as (

    select * from {{ref 'session_moods'}}

    where next_mood_category is not null
    and song_id is distinct from next_song_id

),

training_set as (

    select
        play_id,
        session_id,
        started_at,
        feature_source,
        hour_of_day,
        session_play_count,
        mood_category,
        session_valence,
        session_energy,
        next_mood_category

    from session_moods

)

select * from training_set
