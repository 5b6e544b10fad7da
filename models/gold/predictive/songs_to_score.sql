/*---
description: >-
  One row a song with features that gold may average, in the columns that the models of the
  catalogue learned from.
materialized: ephemeral
columns:
  - name: song_id
    description: The song.
  - name: artist_key
    description: First artist.
  - name: track_genre
    description: Most frequent genre of the song in the catalogue.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
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
---*/

with

song_features as (

    select * from {{ref 'song_features'}}

    where feature_source in ({{lit (var 'feature_sources')}})

),

songs as (

    select song_id, artist_key from {{ref 'songs'}}

),

catalogue_songs as (

    select
        song_id,
        {{> most_frequent of='track_genre'}} as track_genre,
        max(duration_ms) as duration_ms

    from {{ref 'catalogue_tracks'}}

    group by song_id

),

songs_joined as (

    select
        song_features.song_id,
        songs.artist_key,
        catalogue_songs.track_genre,
        song_features.danceability,
        song_features.energy,
        song_features.valence,
        song_features.key,
        song_features.loudness,
        song_features.mode,
        song_features.speechiness,
        song_features.acousticness,
        song_features.instrumentalness,
        song_features.liveness,
        song_features.tempo,
        song_features.time_signature,
        catalogue_songs.duration_ms

    from song_features

    inner join songs
        on song_features.song_id = songs.song_id

    left join catalogue_songs
        on song_features.song_id = catalogue_songs.song_id

)

select * from songs_joined
