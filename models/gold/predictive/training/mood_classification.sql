/*---
description: >-
  One row a track of the catalogue: the training set of the model that tells the mood of a song from
  features other than valence and energy, of which moods are made.
materialized: trained_model
training:
  task: multiclass
  label: mood_category
  key: track_id
  group: artist_key
  provenance: feature_source
  categories: [track_genre]
  algorithms: [majority, logistic, boosted_trees]
columns:
  - name: track_id
    description: Spotify's id of the track.
    data_tests: [unique, not_null]
  - name: artist_key
    description: First artist, whose tracks are never in two folds.
    data_tests: [not_null]
  - name: feature_source
    description: Where the features come from.
  - name: track_genre
    description: Genre of the catalogue.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: key
    description: Pitch class, 0 = C to 11 = B.
  - name: loudness
    description: Mean loudness in decibels.
  - name: mode
    description: 1 major, 0 minor.
  - name: speechiness
    description: Share of spoken words, 0 to 1.
  - name: acousticness
    description: Confidence that the track is acoustic, 0 to 1.
  - name: instrumentalness
    description: Confidence that the track has no vocals, 0 to 1.
  - name: liveness
    description: Confidence that an audience is heard, 0 to 1.
  - name: tempo
    description: Beats a minute.
  - name: time_signature
    description: Beats in a bar.
  - name: duration_ms
    description: Length in milliseconds.
  - name: mood_category
    description: Mood by seed mood_quadrants, which is learned.
    data_tests: [not_null]
---*/

with

catalogue_tracks as (

    select * from {{ref 'catalogue_tracks'}}

    where artist_key is not null
    and valence is not null
    and energy is not null

),

mood_quadrants as (

    select * from {{ref 'mood_quadrants'}}

),

training_set as (

    select
        catalogue_tracks.track_id,
        any_value(catalogue_tracks.artist_key) as artist_key,
        'catalogue' as feature_source,
        any_value(catalogue_tracks.track_genre) as track_genre,
        any_value(catalogue_tracks.danceability) as danceability,
        any_value(catalogue_tracks.key) as key,
        any_value(catalogue_tracks.loudness) as loudness,
        any_value(catalogue_tracks.mode) as mode,
        any_value(catalogue_tracks.speechiness) as speechiness,
        any_value(catalogue_tracks.acousticness) as acousticness,
        any_value(catalogue_tracks.instrumentalness) as instrumentalness,
        any_value(catalogue_tracks.liveness) as liveness,
        any_value(catalogue_tracks.tempo) as tempo,
        any_value(catalogue_tracks.time_signature) as time_signature,
        any_value(catalogue_tracks.duration_ms) as duration_ms,
        min_by(mood_quadrants.mood_category, mood_quadrants.mood_label) as mood_category

    from catalogue_tracks

    inner join mood_quadrants
        on catalogue_tracks.valence >= coalesce(mood_quadrants.min_valence, cast('-Infinity' as double))
        and catalogue_tracks.valence < coalesce(mood_quadrants.below_valence, cast('Infinity' as double))
        and catalogue_tracks.energy >= coalesce(mood_quadrants.min_energy, cast('-Infinity' as double))
        and catalogue_tracks.energy < coalesce(mood_quadrants.below_energy, cast('Infinity' as double))

    group by catalogue_tracks.track_id

)

select * from training_set
