/*---
description: One row a song and a source that has features for it; song_features takes the best.
materialized: ephemeral
columns:
  - name: song_id
    description: The song.
  - name: feature_source
    description: Where the features come from.
  - name: catalogue_track_count
    description: Tracks behind the values; null where they are made up.
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
  - name: key
    description: Pitch class, 0 = C to 11 = B.
  - name: mode
    description: 1 major, 0 minor.
  - name: time_signature
    description: Beats in a bar.
---*/

with

songs as (

    select song_id, track_id from {{ref 'songs'}}

),

tracks as (

    select track_id, song_id from {{ref 'tracks'}}

),

given_features as (

    select * from {{ref 'given_features'}}

),

api_tracks as (

    select * from {{ref 'api_tracks'}}

    where valence is not null

),

catalogue_features as (

    select * from {{ref 'catalogue_features'}}

),

artist_features as (

    select * from {{ref 'artist_features'}}

),

synthetic_features as (

    select * from {{ref 'synthetic_features'}}

),

songs_given as (

    select
        tracks.song_id,
        'given' as feature_source,
        count(*) as catalogue_track_count,
        {{> mean_features}}

    from given_features

    inner join tracks
        on given_features.track_id = tracks.track_id

    where tracks.song_id is not null

    group by tracks.song_id

),

songs_of_api as (

    select
        tracks.song_id,
        'api' as feature_source,
        count(*) as catalogue_track_count,
        {{> mean_features}}

    from api_tracks

    inner join tracks
        on api_tracks.track_id = tracks.track_id

    where tracks.song_id is not null

    group by tracks.song_id

),

songs_of_artists as (

    select
        song_id,
        'artist' as feature_source,
        catalogue_track_count,
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence'
        ) as |feature|}}
        {{feature}},
        {{/each}}
        null as tempo,
        null as key,
        null as mode,
        null as time_signature

    from artist_features

),

songs_made_up as (

    select
        songs.song_id,
        'synthetic' as feature_source,
        null as catalogue_track_count,
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence' 'tempo' 'key' 'mode' 'time_signature'
        ) as |feature|}}
        synthetic_features.{{feature}}{{#unless @last}},{{/unless}}
        {{/each}}

    from songs

    inner join synthetic_features
        on songs.track_id = synthetic_features.track_id

),

sources_united as (

    {{#each (list
        'songs_given' 'songs_of_api' 'catalogue_features' 'songs_of_artists' 'songs_made_up'
    ) as |candidates|}}
    select * from {{candidates}}
    {{#unless @last}}
    union all
    {{/unless}}
    {{/each}}

)

select * from sources_united
