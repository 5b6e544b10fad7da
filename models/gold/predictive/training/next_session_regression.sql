/*---
description: >-
  One row a session with at least 3 plays with features that has such a one before it: the training
  set of a model that tells its mean energy from the sessions before. Measured to be noise in one
  life; the metrics say whether it is in this one.
materialized: trained_model
training:
  task: regression
  label: session_energy
  key: session_id
  group: listening_date
  time: started_at
  provenance: feature_source
  baseline: running_energy
  range: { min: 0, max: 1 }
  algorithms: [ridge, boosted_trees]
columns:
  - name: session_id
    description: The session.
    data_tests: [unique, not_null]
  - name: listening_date
    description: Local day of its first play with features; days are never in two folds.
    data_tests: [not_null]
  - name: started_at
    description: Start of that play, UTC; the newest sessions judge.
    data_tests: [not_null]
  - name: feature_source
    description: Where the features of its plays come from; of several the least certain source.
  - name: hour_of_day
    description: Local hour of it, 0 to 23.
  - name: energy_before
    description: Mean energy of the session before.
    data_tests: [not_null]
  - name: energy_of_5_before
    description: Mean of the means of up to 5 sessions before.
  - name: running_energy
    description: Mean of the means of all sessions before, which is the baseline.
  - name: session_energy
    description: Mean energy of the session, which is learned.
    data_tests: [not_null]
---*/

with

session_moods as (

    select * from {{ref 'session_moods'}}

),

feature_sources as (

    select feature_source, precedence from {{ref 'feature_sources'}}

),

sessions_summed as (

    select
        session_moods.session_id,
        cast(min(session_moods.listening_date) as varchar) as listening_date,
        min(session_moods.started_at) as started_at,
        max_by(session_moods.feature_source, feature_sources.precedence) as feature_source,
        min_by(session_moods.hour_of_day, (session_moods.started_at, session_moods.play_id)) as hour_of_day,
        {{> mean of='session_moods.energy'}} as session_energy

    from session_moods

    inner join feature_sources
        on session_moods.feature_source = feature_sources.feature_source

    group by session_moods.session_id

    having count(*) >= 3

),

sessions_compared as (

    select
        session_id,
        listening_date,
        started_at,
        feature_source,
        hour_of_day,
        lag(session_energy) over (order by started_at, session_id) as energy_before,
        {{> mean_over of='session_energy' over='before_5'}} as energy_of_5_before,
        {{> mean_over of='session_energy' over='all_before'}} as running_energy,
        session_energy

    from sessions_summed

    window
        before_5 as (
            order by started_at, session_id
            rows between 5 preceding and 1 preceding
        ),
        all_before as (
            order by started_at, session_id
            rows between unbounded preceding and 1 preceding
        )

),

sessions_with_one_before as (

    select * from sessions_compared

    where energy_before is not null

)

select * from sessions_with_one_before
