/*---
description: >-
  One row a stream with features, with the valence that the other features of its song suggest. The
  number says how well valence is told where it is known; its use is for songs without one. Empty
  until a model is trained.
columns:
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests: [not_null]
  - name: day_of_week
    description: Local day of the start, 1 = Sunday to 7 = Saturday.
    data_tests: [not_null]
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: predicted_valence
    description: The prediction, from a model that had not seen the artist.
    data_tests:
      - range: { min: -0.5, max: 1.5, severity: warn }
  - name: energy
    description: Intensity, 0 to 1.
  - name: tempo
    description: Beats a minute.
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
    description: Version of mood_regression that predicts.
    data_tests: [not_null]
---*/

with

streams as (

    select * from {{ref 'streams'}}

    where has_features

),

song_valence_scores as (

    select * from {{ref 'song_valence_scores'}}

    where prediction is not null

),

streams_predicted as (

    select
        streams.hour_of_day,
        streams.day_of_week,
        streams.valence,
        round(song_valence_scores.prediction, 3) as predicted_valence,
        streams.energy,
        streams.tempo,
        streams.play_id,
        round(song_valence_scores.lower, 3) as lower,
        round(song_valence_scores.upper, 3) as upper,
        song_valence_scores.is_holdout,
        song_valence_scores.model_version

    from streams

    inner join song_valence_scores
        on streams.song_id = song_valence_scores.song_id

)

select * from streams_predicted
