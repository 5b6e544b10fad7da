/*---
description: >-
  One row a track of the catalogue: the training set of the model that tells a song's valence from its
  other features. Good for songs whose valence nobody knows.
materialized: trained_model
training:
  task: regression
  label: valence
  key: track_id
  group: artist_key
  provenance: feature_source
  categories: [track_genre]
  algorithms: [mean, ridge, boosted_trees]
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
  - name: energy
    description: Intensity, 0 to 1.
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
  - name: valence
    description: How positive the music sounds, 0 to 1, which is learned.
    data_tests: [not_null]
---*/

with

catalogue_tracks as (

    select * from {{ref 'catalogue_tracks'}}

    where artist_key is not null
    and valence is not null
    and energy is not null

),

training_set as (

    select
        track_id,
        artist_key,
        'catalogue' as feature_source,
        track_genre,
        danceability,
        energy,
        key,
        loudness,
        mode,
        speechiness,
        acousticness,
        instrumentalness,
        liveness,
        tempo,
        time_signature,
        duration_ms,
        valence

    from catalogue_tracks

)

select * from training_set
