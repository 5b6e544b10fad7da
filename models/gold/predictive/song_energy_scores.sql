/*---
description: One row a song with features, with the energy that its other features suggest.
materialized: predictions
scored_by: energy_regression
columns:
  - name: song_id
    description: The song.
    data_tests: [unique, not_null]
  - name: artist_key
    description: First artist.
  - name: track_genre
    description: Most frequent genre of the song in the catalogue.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: valence
    description: How positive the music sounds, 0 to 1.
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
  - name: prediction
    description: Energy, 0 to 1; of a song that was trained on by a model that had not seen its artist.
  - name: lower
    description: Lower end of the 80 % interval.
  - name: upper
    description: Upper end of the 80 % interval.
  - name: is_holdout
    description: Whether the song's artist was kept out of the training that the version was judged by.
  - name: model_version
    description: Version of the model; null without a champion.
---*/

with

songs_to_score as (

    select * from {{ref 'songs_to_score'}}

),

rows_to_score as (

    select
        song_id,
        artist_key,
        track_genre,
        danceability,
        valence,
        key,
        loudness,
        mode,
        speechiness,
        acousticness,
        instrumentalness,
        liveness,
        tempo,
        time_signature,
        duration_ms

    from songs_to_score

)

select * from rows_to_score
