/*---
description: >-
  One row a song that an export tells of, that was streamed and has all features: the training set of
  the clusters that mood_state_clusters describes. Plays and features of the Web API are left out, as
  its terms forbid learning from them.
materialized: trained_model
training:
  task: clustering
  key: song_id
  group: artist_key
  features:
    - danceability
    - energy
    - loudness
    - speechiness
    - acousticness
    - instrumentalness
    - liveness
    - valence
    - tempo
  logged: [speechiness, acousticness, instrumentalness, liveness]
  provenance: feature_source
columns:
  - name: song_id
    description: The song.
    data_tests: [unique, not_null]
  - name: artist_key
    description: First artist; artists are drawn whole where two clusterings are compared.
    data_tests: [not_null]
  - name: feature_source
    description: Where the features come from.
    data_tests: [not_null]
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
  - name: loudness
    description: Mean loudness in decibels.
  - name: speechiness
    description: Share of spoken words, 0 to 1.
  - name: acousticness
    description: Confidence that the track is acoustic, 0 to 1.
  - name: instrumentalness
    description: Confidence that the track has no vocals, 0 to 1.
  - name: liveness
    description: Confidence that an audience is heard, 0 to 1.
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: tempo
    description: Beats a minute.
---*/

with

plays as (

    select play_id from {{ref 'plays'}}

    where source_kind != 'api'

),

streams as (

    select song_id from {{ref 'streams'}}

    where play_id in (select play_id from plays)

),

streamed_songs as (

    select * from {{ref 'streamed_songs'}}

    where feature_source != 'api'
    and song_id in (select song_id from streams)

),

songs_whole as (

    select
        song_id,
        coalesce(artist_key, song_id) as artist_key,
        feature_source,
        danceability,
        energy,
        loudness,
        speechiness,
        acousticness,
        instrumentalness,
        liveness,
        valence,
        tempo

    from streamed_songs

    where danceability + energy + loudness + speechiness + acousticness + instrumentalness + liveness
        + valence + tempo is not null

)

select * from songs_whole
