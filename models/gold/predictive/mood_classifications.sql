/*---
description: >-
  One row a stream with features, with the mood that features other than valence and energy suggest.
  Empty until a model is trained.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests: [not_null]
  - name: day_of_week
    description: Local day of the start, 1 = Sunday to 7 = Saturday.
    data_tests: [not_null]
  - name: mood_label
    description: Number of the mood by seed mood_quadrants, 0 to 4.
  - name: predicted_mood_label
    description: Number of the most probable mood, from a model that had not seen the artist.
    data_tests: [not_null]
  - name: mood_category
    description: Name of the mood.
  - name: predicted_mood_category
    description: Name of the most probable mood.
  - name: probabilities
    description: Probability of each mood, as a map.
  - name: play_id
    description: The stream.
    data_tests: [unique, not_null]
  - name: is_holdout
    description: Whether the artist was kept out of the training that the version was judged by.
  - name: model_version
    description: Version of mood_classification that predicts.
    data_tests: [not_null]
---*/

with

streams as (

    select * from {{ref 'streams'}}

    where has_features

),

song_mood_scores as (

    select * from {{ref 'song_mood_scores'}}

    where prediction is not null

),

mood_quadrants as (

    select mood_category, mood_label from {{ref 'mood_quadrants'}}

),

streams_classified as (

    select
        streams.hour_of_day,
        streams.day_of_week,
        quadrants.mood_label,
        predicted.mood_label as predicted_mood_label,
        streams.mood_category,
        song_mood_scores.prediction as predicted_mood_category,
        song_mood_scores.probabilities,
        streams.play_id,
        song_mood_scores.is_holdout,
        song_mood_scores.model_version

    from streams

    inner join song_mood_scores
        on streams.song_id = song_mood_scores.song_id

    inner join mood_quadrants as predicted
        on song_mood_scores.prediction = predicted.mood_category

    left join mood_quadrants as quadrants
        on streams.mood_category = quadrants.mood_category

)

select * from streams_classified
