/*---
description: >-
  Up to 10 streamed songs for each playlist of seed playlist_rules, by the bounds and the order that
  its row sets; adding a playlist is adding a row there. Of songs with the same score the one that is
  less probably skipped comes first, once a model is trained; then by streams, minutes, latest stream
  and song. A song may stand in several playlists; a playlist
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
      What the songs are chosen by before it is rounded and ordered by when it is, the feature that
      the playlist's row names in order_feature.
    data_tests: [not_null]
  - name: skip_probability
    description: >-
      Probability that the song's next play is skipped when it begins as the track before is done,
      0 to 1; null without a champion of skip_classification, and for songs no extended history has.
    data_tests:
      - range: { min: 0, max: 1 }
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

songs_next as (

    select song_id, probabilities['true'] as skip_probability from {{ref 'skip_scores'}}

    where is_next

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

songs_chosen as (

    select
        *,
        row_number() over (
            partition by playlist_name
            order by
                if(order_direction = 'ascending', score, -score), play_count desc, ms_played desc,
                last_started_at desc, song_id
        ) as score_rank,
        round(score, if(order_feature = 'tempo', 1, 3)) as rounded_score

    from songs_matched


),

songs_ordered as (

    select
        songs_chosen.playlist_name,
        songs_chosen.playlist_purpose,
        songs_chosen.track_name,
        songs_chosen.artist_name,
        songs_chosen.play_count,
        songs_chosen.track_id,
        row_number() over (
            partition by songs_chosen.playlist_name
            order by
                if(songs_chosen.order_direction = 'ascending', 1, -1) * songs_chosen.rounded_score,
                songs_next.skip_probability nulls last,
                songs_chosen.score_rank
        ) as position,
        songs_chosen.rounded_score as score,
        round(songs_next.skip_probability, 3) as skip_probability

    from songs_chosen

    left join songs_next
        on songs_chosen.song_id = songs_next.song_id

    where songs_chosen.score_rank <= 10

    order by playlist_name, position

)

select * from songs_ordered
