/*---
description: >-
  Up to 10 streamed songs for each playlist of seed playlist_rules, by the bounds and the order that
  its row sets; adding a playlist is adding a row there. Songs that tie are ranked by streams, then
  by minutes, by the latest stream and by song. A song may stand in several playlists; a playlist
  that no song fits is missing. Empty without a catalogue.
columns:
  - name: playlist_name
    description: Name of the playlist.
    data_tests:
      - not_null
      - relationships: { to: playlist_rules, field: playlist_name }
  - name: playlist_purpose
    description: What its music is like.
    data_tests: [not_null]
  - name: track_name
    description: Title of the song's most streamed track.
    data_tests: [not_null]
  - name: artist_name
    description: Artist of that track.
  - name: play_count
    description: Streams of all versions of the song.
    data_tests:
      - range: { min: 1 }
  - name: track_id
    description: The song's most streamed track id; null where no source has one.
  - name: position
    description: Rank within the playlist, from 1.
    data_tests:
      - not_null
      - range: { min: 1, max: 10 }
  - name: score
    description: >-
      What the songs are ranked by before it is rounded, the feature that the playlist's row names
      in order_feature.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [playlist_name, position] }
  - unique: { columns: [playlist_name, track_id] }
---*/

with

songs_with_features as (

    select * from {{ref 'songs_with_features'}}

),

playlist_rules as (

    select * from {{ref 'playlist_rules'}}

),

songs_scored as (

    select
        songs_with_features.*,
        playlist_rules.*,
        case playlist_rules.order_feature
            {{#each (list
                'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness' 'speechiness'
                'liveness' 'loudness' 'tempo'
            ) as |feature|}}
            when '{{feature}}' then songs_with_features.{{feature}}
            {{/each}}
        end as score

    from songs_with_features

    cross join playlist_rules

),

songs_matched as (

    select * from songs_scored

    where score is not null
    {{#each (list
        'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness' 'speechiness'
        'liveness' 'loudness' 'tempo'
    ) as |feature|}}
    and coalesce({{feature}} >= min_{{feature}}, min_{{feature}} is null)
    and coalesce({{feature}} <= max_{{feature}}, max_{{feature}} is null)
    and coalesce({{feature}} < below_{{feature}}, below_{{feature}} is null)
    {{/each}}

),

songs_ranked as (

    select
        playlist_name,
        playlist_purpose,
        track_name,
        artist_name,
        play_count,
        track_id,
        row_number() over (
            partition by playlist_name
            order by
                if(order_direction = 'ascending', score, -score), play_count desc, ms_played desc,
                last_started_at desc, song_id
        ) as position,
        round(score, if(order_feature = 'tempo', 1, 3)) as score

    from songs_matched

    qualify position <= 10

    order by playlist_name, position

)

select * from songs_ranked
