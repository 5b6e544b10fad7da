/*---
description: >-
  One row a mood and a next mood, with how many such pairs there would be on average if the streams
  of every session came in random order and only as many pairs were seen in it as were. A session of
  one mood has pairs of that mood only, in any order: what lies above this comes of the order.
materialized: ephemeral
columns:
  - name: mood_category
    description: Mood of a stream's song.
  - name: next_mood
    description: Mood of the song after it.
  - name: shuffled_transitions
    description: Pairs that the shuffled sessions would have on average.
---*/

with

mood_pairs as (

    select session_id, count(*) as pairs from {{ref 'mood_pairs'}}

    group by session_id

),

listening_with_features as (

    select play_id, session_id from {{ref 'listening_with_features'}}

),

streams as (

    select * from {{ref 'streams'}}

    where mood_category is not null

),

songs_counted as (

    select
        listening_with_features.session_id,
        streams.mood_category,
        streams.song_id,
        count(*) as song_streams

    from streams

    inner join listening_with_features
        on streams.play_id = listening_with_features.play_id

    group by listening_with_features.session_id, streams.mood_category, streams.song_id

),

moods_counted as (

    select
        session_id,
        mood_category,
        sum(song_streams) as mood_streams,
        sum(song_streams * song_streams) as mood_repeats,
        sum(sum(song_streams)) over of_session as session_streams,
        sum(sum(song_streams * song_streams)) over of_session as session_repeats

    from songs_counted

    group by session_id, mood_category

    window of_session as (partition by session_id)

),

next_moods as (

    select session_id, mood_category as next_mood, mood_streams as next_mood_streams

    from moods_counted

),

pairs_shuffled as (

    select
        moods_counted.mood_category,
        next_moods.next_mood,
        sum(try_cast(
            cast(mood_pairs.pairs as double)
            / nullif(session_streams * session_streams - session_repeats, 0) * (
                mood_streams * next_mood_streams
                - if(moods_counted.mood_category = next_moods.next_mood, mood_repeats, 0)
            ) as decimal(18, 9)
        )) as shuffled_transitions

    from mood_pairs

    inner join moods_counted
        on mood_pairs.session_id = moods_counted.session_id

    inner join next_moods
        on mood_pairs.session_id = next_moods.session_id

    group by moods_counted.mood_category, next_moods.next_mood

)

select * from pairs_shuffled
