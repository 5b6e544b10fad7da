/*---
description: >-
  One row a session: plays of anything with no pause longer than session_gap_minutes between them.
  Its mean features are over plays of tracks of any length whose feature source is among the setting
  feature_sources, however few they are; plays_with_features counts them.
columns:
  - name: session_id
    description: Key of the session, the id of its first play.
    data_tests: [unique, not_null]
  - name: account
    description: Whose listening it is.
    data_tests: [not_null]
  - name: started_at
    description: Start of its first play, UTC.
    data_tests: [not_null]
  - name: stopped_at
    description: When its last play stopped, UTC.
    data_tests: [not_null]
  - name: length_minutes
    description: Minutes from start to stop, pauses included.
    data_tests:
      - not_null
      - range: { min: 0 }
  - name: minutes_played
    description: Minutes played.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Plays whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: play_count
    description: Plays of anything.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: stream_count
    description: Streams of tracks.
    data_tests: [not_null]
  - name: skip_count
    description: Plays known to be skipped.
    data_tests: [not_null]
  - name: plays_with_skip_known
    description: Plays of which it is known whether they were skipped.
    data_tests: [not_null]
  - name: has_private_plays
    description: Whether any of its plays was in a private session.
    data_tests: [not_null]
  - name: plays_with_features
    description: Plays of tracks behind the mean features.
    data_tests: [not_null]
  - name: avg_valence
    description: Mean valence; null without features.
  - name: avg_energy
    description: Mean energy; null without features.
  - name: avg_danceability
    description: Mean danceability; null without features.
  - name: avg_acousticness
    description: Mean acousticness; null without features.
  - name: avg_instrumentalness
    description: Mean instrumentalness; null without features.
  - name: avg_tempo
    description: Mean beats a minute; null without features.
data_tests:
  - expression: { expression: skip_count <= plays_with_skip_known }
  - expression: { expression: plays_with_skip_known <= play_count }
---*/

with

play_sessions as (

    select play_id, session_id from {{ref 'play_sessions'}}

),

plays as (

    select * from {{ref 'plays'}}

),

song_features as (

    select * from {{ref 'song_features'}}

    where feature_source in ({{lit (var 'feature_sources')}})

),

sessions_measured as (

    select
        play_sessions.session_id,
        min(plays.account) as account,
        min(plays.started_at) as started_at,
        max(plays.stopped_at) as stopped_at,
        round(
            (
                {{> epoch_milliseconds moment='max(plays.stopped_at)'}}
                - {{> epoch_milliseconds moment='min(plays.started_at)'}}
            ) / 60000e0,
            2
        ) as length_minutes,
        round(coalesce(sum(plays.ms_played), 0) / 60000e0, 2) as minutes_played,
        count(*) filter (where plays.ms_played is null) as plays_without_ms,
        count(*) as play_count,
        count(*) filter (where plays.is_stream and plays.media_type = 'track') as stream_count,
        count(*) filter (where plays.is_skipped) as skip_count,
        count(*) filter (where plays.is_skipped is not null) as plays_with_skip_known,
        bool_or(plays.is_private) as has_private_plays,
        count(song_features.song_id) as plays_with_features,
        {{#each (list
            'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness'
        ) as |feature|}}
        round({{> mean of=feature}}, 3) as avg_{{feature}},
        {{/each}}
        round({{> mean of='song_features.tempo'}}, 1) as avg_tempo

    from play_sessions

    inner join plays
        on play_sessions.play_id = plays.play_id

    left join song_features
        on plays.song_id = song_features.song_id

    group by play_sessions.session_id

)

select * from sessions_measured
