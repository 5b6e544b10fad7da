/*---
description: >-
  One row a song that was streamed and has features, with the cluster it sounds most like. Clusters
  are described in mood_state_clusters. Without a champion of mood_clustering nothing is clustered.
materialized: predictions
scored_by: mood_clustering
columns:
  - name: song_id
    description: The song.
    data_tests: [unique, not_null]
  - name: track_name
    description: Title of the song.
  - name: artist_name
    description: Its artist.
  - name: plays
    description: Streams.
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
  - name: cluster
    description: >-
      Number of the nearest cluster; null without a champion, and for songs that lack one of the
      features above.
  - name: distance
    description: >-
      Distance to the centre of the cluster, in standard deviations over the nine features: the
      smaller, the more typical.
  - name: model_version
    description: Version of mood_clustering; null without a champion.
---*/

with

streamed_songs as (

    select
        song_id,
        track_name,
        artist_name,
        plays,
        feature_source,
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence' 'tempo'
        ) as |feature|}}
        {{feature}}{{#unless @last}},{{/unless}}
        {{/each}}

    from {{ref 'streamed_songs'}}

)

select * from streamed_songs
