/*---
description: >-
  One row a local hour with streams, with the mood of its music and what such music goes with. What
  was played tells more than a model can: where an hour has 30 streams with features, predicted_valence
  is their mean and basis is observed. Below that the champion of hour_valence_regression says what
  valence to expect, and basis is predicted. Texts come from seed listening_time_texts and speak of
  the music. Moods and texts are null below 30 streams with features, so all of them without a
  catalogue.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - unique
      - not_null
      - range: { min: 0, max: 23 }
  - name: mood_state
    description: >-
      Mood of the music, the one that seed mood_quadrants gives to the hour's mean valence and
      energy before they are rounded.
    data_tests:
      - relationships: { to: listening_time_texts, field: mood_state }
  - name: predicted_valence
    description: >-
      Valence to be expected of the hour's music. Where basis is observed, the mean valence of its
      streams with features; null below 30 of them where no model is trained.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_energy
    description: Mean energy of the streams with features; null below 30 of them.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: recommended_activity
    description: What music of this mood goes with.
  - name: wellbeing_tip
    description: A hint on choosing music for such an hour. No advice on health.
  - name: basis
    description: Where predicted_valence comes from, observed or predicted.
    data_tests:
      - not_null
      - accepted_values: { values: [observed, predicted] }
  - name: plays
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: plays_with_features
    description: Streams with features, over which the means are.
    data_tests: [not_null]
  - name: predicted_at
    description: When the version that predicts was trained, UTC; null where basis is observed.
data_tests:
  - expression: { expression: plays_with_features <= plays }
  - expression: { expression: (basis = 'predicted') = (predicted_at is not null) }
  - expression: { expression: (mood_state is null) = (predicted_valence is null or basis = 'predicted') }
---*/

with

streams as (

    select * from {{ref 'streams'}}

),

mood_quadrants as (

    select * from {{ref 'mood_quadrants'}}

),

listening_time_texts as (

    select * from {{ref 'listening_time_texts'}}

),

hour_valence_scores as (

    select * from {{ref 'hour_valence_scores'}}

    where prediction is not null

),

model_decisions as (

    select version, max(trained_at) as trained_at from {{ref 'model_decisions'}}

    where model = 'hour_valence_regression'
    and train_size is not null

    group by version

),

hours_averaged as (

    select
        hour_of_day,
        {{> average feature='valence' digits='9'}} as mean_valence,
        {{> average feature='energy' digits='9'}} as mean_energy,
        count(*) as plays,
        count(*) filter (where has_features) as plays_with_features

    from streams

    group by hour_of_day

),

moods_found as (

    select
        hours_averaged.hour_of_day,
        min_by(mood_quadrants.mood_category, mood_quadrants.mood_label) as mood_category

    from hours_averaged

    inner join mood_quadrants
        on {{> in_quadrant
            valence='hours_averaged.mean_valence'
            energy='hours_averaged.mean_energy'
        }}

    group by hours_averaged.hour_of_day

),

hours_described as (

    select
        hours_averaged.hour_of_day,
        listening_time_texts.mood_state,
        round(coalesce(hours_averaged.mean_valence, hour_valence_scores.prediction), 3)
            as predicted_valence,
        round(hours_averaged.mean_energy, 3) as avg_energy,
        listening_time_texts.recommended_activity,
        listening_time_texts.wellbeing_tip,
        if(
            hours_averaged.mean_valence is null and hour_valence_scores.prediction is not null,
            'predicted',
            'observed'
        ) as basis,
        hours_averaged.plays,
        hours_averaged.plays_with_features,
        if(hours_averaged.mean_valence is null, model_decisions.trained_at, null) as predicted_at

    from hours_averaged

    left join moods_found
        on hours_averaged.hour_of_day = moods_found.hour_of_day

    left join listening_time_texts
        on moods_found.mood_category = listening_time_texts.mood_category

    left join hour_valence_scores
        on hours_averaged.hour_of_day = hour_valence_scores.hour_of_day

    left join model_decisions
        on hour_valence_scores.model_version = model_decisions.version

    order by hours_averaged.hour_of_day

)

select * from hours_described
