/*---
description: >-
  One row a stream with features, with the energy that the other features of its song suggest. It is
  no look ahead. Empty until a model is trained.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests: [not_null]
  - name: day_of_week
    description: Local day of the start, 1 = Sunday to 7 = Saturday.
    data_tests: [not_null]
  - name: energy
    description: Intensity, 0 to 1.
  - name: predicted_energy
    description: The prediction, from a model that had not seen the artist.
    data_tests:
      - range: { min: -0.5, max: 1.5, severity: warn }
  - name: tempo
    description: Beats a minute.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: play_id
    description: The stream.
    data_tests: [unique, not_null]
  - name: lower
    description: Lower end of the prediction's 80 % interval.
  - name: upper
    description: Upper end of it.
  - name: is_holdout
    description: Whether the artist was kept out of the training that the version was judged by.
  - name: model_version
    description: Version of energy_regression that predicts.
    data_tests: [not_null]
---*/

with

streams as (

    select * from {{ref 'streams'}}

    where has_features

),

song_energy_scores as (

    select * from {{ref 'song_energy_scores'}}

    where prediction is not null

),

streams_predicted as (

    select
        streams.hour_of_day,
        streams.day_of_week,
        streams.energy,
        round(song_energy_scores.prediction, 3) as predicted_energy,
        streams.tempo,
        streams.danceability,
        streams.play_id,
        round(song_energy_scores.lower, 3) as lower,
        round(song_energy_scores.upper, 3) as upper,
        song_energy_scores.is_holdout,
        song_energy_scores.model_version

    from streams

    inner join song_energy_scores
        on streams.song_id = song_energy_scores.song_id

)

select * from streams_predicted
