/*---
description: >-
  One row a play of a track, of any length, with the audio features and mood of its song and local
  time. Hours and dates are those of the start, in the time zone of the setting timezone, daylight
  saving by instant. It is one zone for the whole life: after a move or on a journey the hours are
  still those of home, while started_at is right and country in plays tells where it was. Gold
  counts of these the streams outside private sessions, and averages only the sources in the setting
  feature_sources. Features and moods are null without a catalogue.
columns:
  - name: play_id
    description: The play.
    data_tests:
      - unique
      - not_null
      - relationships: { to: plays, field: play_id }
  - name: session_id
    description: The session it belongs to.
    data_tests:
      - not_null
      - relationships: { to: sessions, field: session_id }
  - name: song_id
    description: The song, its versions together.
  - name: track_id
    description: Spotify's id of the track.
  - name: track_name
    description: Title of the track.
  - name: artist_name
    description: Artist of the track's album.
  - name: artist_key
    description: That artist without case, accents and punctuation.
  - name: album_name
    description: Album of the track.
  - name: started_at
    description: When the play began, UTC.
    data_tests: [not_null]
  - name: ended_at
    description: The end as the source has it, UTC.
    data_tests: [not_null]
  - name: listening_date
    description: Local date of the start.
    data_tests: [not_null]
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
    data_tests:
      - range: { min: 0, max: 23 }
  - name: day_of_week
    description: Local day of the start, 1 = Sunday to 7 = Saturday.
    data_tests:
      - range: { min: 1, max: 7 }
  - name: day_name
    description: That day's English name.
    data_tests: [not_null]
  - name: is_weekend
    description: Whether that day is Saturday or Sunday.
    data_tests: [not_null]
  - name: part_of_day
    description: morning 6 to 11, afternoon 12 to 17, evening 18 to 22, night otherwise.
    data_tests:
      - accepted_values: { values: [morning, afternoon, evening, night] }
  - name: ms_played
    description: Milliseconds played; null where the source has none.
  - name: is_stream
    description: Whether it played at least min_ms_played.
    data_tests: [not_null]
  - name: is_skipped
    description: Whether it was skipped; null where the source does not tell.
  - name: is_private
    description: Whether it was a private session.
    data_tests: [not_null]
  - name: feature_source
    description: Where the features come from; none where there are none.
    data_tests: [not_null]
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
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
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: tempo
    description: Beats a minute.
  - name: time_signature
    description: Beats in a bar.
  - name: mood_category
    description: Mood of the music; null without features.
---*/

with

plays as (

    select
        *,
        {{> local_time moment='started_at'}} as local_started_at

    from {{ref 'plays'}}

    where media_type = 'track'

),

play_sessions as (

    select * from {{ref 'play_sessions'}}

),

song_features as (

    select * from {{ref 'song_features'}}

),

plays_described as (

    select
        plays.play_id,
        play_sessions.session_id,
        plays.song_id,
        plays.track_id,
        plays.track_name,
        plays.artist_name,
        plays.artist_key,
        plays.album_name,
        plays.started_at,
        plays.ended_at,
        cast(plays.local_started_at as date) as listening_date,
        hour(plays.local_started_at) as hour_of_day,
        {{> day_of_week day='plays.local_started_at'}} as day_of_week,
        {{> day_name day='plays.local_started_at'}} as day_name,
        {{> day_of_week day='plays.local_started_at'}} in (1, 7) as is_weekend,
        case
            when hour(plays.local_started_at) between 6 and 11 then 'morning'
            when hour(plays.local_started_at) between 12 and 17 then 'afternoon'
            when hour(plays.local_started_at) between 18 and 22 then 'evening'
            else 'night'
        end as part_of_day,
        plays.ms_played,
        plays.is_stream,
        plays.is_skipped,
        plays.is_private,
        coalesce(song_features.feature_source, 'none') as feature_source,
        song_features.danceability,
        song_features.energy,
        song_features.key,
        song_features.loudness,
        song_features.mode,
        song_features.speechiness,
        song_features.acousticness,
        song_features.instrumentalness,
        song_features.liveness,
        song_features.valence,
        song_features.tempo,
        song_features.time_signature,
        song_features.mood_category

    from plays

    inner join play_sessions
        on plays.play_id = play_sessions.play_id

    left join song_features
        on plays.song_id = song_features.song_id

)

select * from plays_described
