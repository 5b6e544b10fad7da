/*---
description: >-
  One row a stream that is directly followed by a stream of another song in the same session, with
  the moods of both. Plays that are no streams do not come between; a stream that is private,
  excluded or without a mood does, and belongs to no pair.
materialized: ephemeral
columns:
  - name: session_id
    description: The session.
  - name: mood_category
    description: Mood of the stream's song.
  - name: next_mood
    description: Mood of the song after it.
---*/

with

listening_with_features as (

    select * from {{ref 'listening_with_features'}}

    where is_stream

),

streams as (

    select * from {{ref 'streams'}}

),

streams_in_order as (

    select
        listening_with_features.session_id,
        streams.song_id,
        streams.mood_category,
        lead(streams.song_id) over session_order as next_song_id,
        lead(streams.mood_category) over session_order as next_mood

    from listening_with_features

    left join streams
        on listening_with_features.play_id = streams.play_id

    window session_order as (
        partition by listening_with_features.session_id
        order by listening_with_features.started_at, listening_with_features.play_id
    )

),

pairs as (

    select session_id, mood_category, next_mood from streams_in_order

    where mood_category is not null
    and next_mood is not null
    and song_id != next_song_id

)

select * from pairs
