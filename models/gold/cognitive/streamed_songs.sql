/*---
description: One row a song that was streamed and has features that gold may average.
materialized: ephemeral
columns:
  - name: song_id
    description: The song.
  - name: artist_key
    description: First artist.
  - name: track_name
    description: Title of the song.
  - name: artist_name
    description: Its artist.
  - name: plays
    description: Streams.
  - name: feature_source
    description: Where the features come from.
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

streams as (

    select song_id, count(*) as plays from {{ref 'streams'}}

    where has_features

    group by song_id

),

songs as (

    select * from {{ref 'songs'}}

),

song_features as (

    select * from {{ref 'song_features'}}

),

songs_joined as (

    select
        streams.song_id,
        songs.artist_key,
        songs.song_name as track_name,
        songs.artist_name,
        streams.plays,
        song_features.feature_source,
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence' 'tempo'
        ) as |feature|}}
        song_features.{{feature}}{{#unless @last}},{{/unless}}
        {{/each}}

    from streams

    inner join songs
        on streams.song_id = songs.song_id

    inner join song_features
        on streams.song_id = song_features.song_id

)

select * from songs_joined
