/*---
description: >-
  One row a play of a track with features that gold may average, of any length, with the mood of its
  session so far and of all listening so far, and the next play with features of the session. Plays
  of the Web API are left out: nothing is trained on them.
columns:
  - name: play_id
    description: The play.
    data_tests: [unique, not_null]
  - name: session_id
    description: The session.
    data_tests: [not_null]
  - name: started_at
    description: Start of the play, UTC.
    data_tests: [not_null]
  - name: listening_date
    description: Local day of the start.
  - name: hour_of_day
    description: Local hour of the start, 0 to 23.
  - name: song_id
    description: The song.
  - name: feature_source
    description: Where the features come from.
    data_tests: [not_null]
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
  - name: mood_category
    description: Mood of valence and energy.
  - name: session_play_count
    description: Plays with features in the session so far, this one included.
    data_tests:
      - range: { min: 1 }
  - name: session_valence
    description: Their mean valence.
  - name: session_energy
    description: Their mean energy.
  - name: running_valence
    description: Mean valence of all plays with features so far, this one included.
  - name: running_energy
    description: Their mean energy.
  - name: next_song_id
    description: Song of the session's next play with features; null after the last.
  - name: next_valence
    description: Its valence.
  - name: next_energy
    description: Its energy.
  - name: next_mood_category
    description: Its mood.
---*/

with

plays as (

    select play_id from {{ref 'plays'}}

    where source_kind != 'api'

),

plays_with_features as (

    select listening_with_features.*

    from {{ref 'listening_with_features'}} as listening_with_features

    inner join plays
        on listening_with_features.play_id = plays.play_id

    where listening_with_features.feature_source in ({{lit (var 'feature_sources')}})
    and listening_with_features.feature_source != 'api'
    and listening_with_features.valence is not null
    and listening_with_features.energy is not null

),

moods_followed as (

    select
        play_id,
        session_id,
        started_at,
        listening_date,
        hour_of_day,
        song_id,
        feature_source,
        valence,
        energy,
        mood_category,
        count(*) over session_so_far as session_play_count,
        {{#each (list 'valence' 'energy') as |feature|}}
        {{> mean_over of=feature over='session_so_far'}} as session_{{feature}},
        {{> mean_over of=feature over='all_so_far'}} as running_{{feature}},
        lead({{feature}}) over session_plays as next_{{feature}},
        {{/each}}
        lead(mood_category) over session_plays as next_mood_category,
        lead(song_id) over session_plays as next_song_id

    from plays_with_features

    window
        session_plays as (partition by session_id order by started_at, play_id),
        session_so_far as (
            partition by session_id
            order by started_at, play_id
            rows between unbounded preceding and current row
        ),
        all_so_far as (
            order by started_at, play_id
            rows between unbounded preceding and current row
        )

)

select * from moods_followed
