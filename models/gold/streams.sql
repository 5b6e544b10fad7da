/*---
description: >-
  What gold counts, one row a stream of a track: played at least min_ms_played, outside private
  sessions and outside seed exclusions. Features and moods stand here only where their source is
  among the setting feature_sources; without a catalogue they are null in every row.
columns:
  - name: play_id
    description: The play.
    data_tests:
      - unique
      - not_null
      - relationships: { to: listening_with_features, field: play_id }
  - name: song_id
    description: The song, its versions together.
  - name: track_id
    description: Spotify's id of the track.
  - name: track_name
    description: Title of the track.
  - name: artist_name
    description: Artist of the track's album.
  - name: started_at
    description: When the play began, UTC.
    data_tests: [not_null]
  - name: listening_date
    description: Local date of the start.
    data_tests: [not_null]
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests: [not_null]
  - name: day_of_week
    description: Local day of the start, 1 = Sunday to 7 = Saturday.
    data_tests: [not_null]
  - name: day_name
    description: That day's English name.
    data_tests: [not_null]
  - name: is_weekend
    description: Whether that day is Saturday or Sunday.
    data_tests: [not_null]
  - name: part_of_day
    description: morning 6 to 11, afternoon 12 to 17, evening 18 to 22, night otherwise.
    data_tests: [not_null]
  - name: ms_played
    description: Milliseconds played; null where the source has none.
  - name: feature_source
    description: Where the song's features come from, averaged or not; none where there are none.
    data_tests: [not_null]
  - name: has_features
    description: Whether that source is among those gold averages.
    data_tests: [not_null]
  - name: danceability
    description: How suitable for dancing, 0 to 1; null without has_features, as all below.
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
  - name: mood_category
    description: Mood of the music.
---*/

with

listening_with_features as (

    select
        *,
        feature_source in ({{lit (var 'feature_sources')}}) as has_features

    from {{ref 'listening_with_features'}}

    where is_stream
    and not is_private

),

exclusion_rules as (

    select * from {{ref 'exclusion_rules'}}

),

excluded_plays as (

    {{#each (list 'artist_key' 'song_id') as |key|}}
    select listening_with_features.play_id

    from listening_with_features

    inner join exclusion_rules
        on listening_with_features.{{key}} = exclusion_rules.{{key}}
        and listening_with_features.listening_date >= exclusion_rules.from_date
        and listening_with_features.listening_date <= exclusion_rules.to_date

    union all

    {{/each}}
    select listening_with_features.play_id

    from listening_with_features

    inner join exclusion_rules
        on exclusion_rules.kind = 'period'
        and listening_with_features.listening_date >= exclusion_rules.from_date
        and listening_with_features.listening_date <= exclusion_rules.to_date

),

features_averaged as (

    select
        play_id,
        song_id,
        track_id,
        track_name,
        artist_name,
        started_at,
        listening_date,
        hour_of_day,
        day_of_week,
        day_name,
        is_weekend,
        part_of_day,
        ms_played,
        feature_source,
        has_features,
        {{#each (list
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness'
            'liveness' 'valence' 'tempo' 'mood_category'
        ) as |feature|}}
        if(has_features, {{feature}}, null) as {{feature}}{{#unless @last}},{{/unless}}
        {{/each}}

    from listening_with_features

    where play_id not in (select play_id from excluded_plays)

)

select * from features_averaged
