/*---
description: >-
  One row a song, all its versions together, with what was streamed of it in the whole life.
  Ranked by minutes, then by streams, the latest stream and the key; rank_by_streams by streams,
  then by minutes, the latest stream and the key. Streams of which the sources name no song stand
  together in one row without key, name and ranks.
columns:
  - name: rank_by_minutes
    description: Rank by minutes, from 1.
    data_tests:
      - unique
      - range: { min: 1 }
  - name: rank_by_streams
    description: Rank by streams, from 1.
    data_tests:
      - unique
      - range: { min: 1 }
  - name: song_id
    description: Key of the song, from its title without version marks and its artist.
    data_tests: [unique]
  - name: track_id
    description: Its most played track id; null where no source has one.
  - name: song_name
    description: Title of its most played version.
  - name: artist_name
    description: Artist of that version.
  - name: album_name
    description: Album of that version.
  - name: stream_count
    description: Streams.
    data_tests:
      - range: { min: 1 }
  - name: minutes_played
    description: Minutes of the streams.
    data_tests: [not_null]
  - name: plays_without_ms
    description: Streams whose source has no length, missing in minutes_played.
    data_tests: [not_null]
  - name: minutes_percentage
    description: Share of the minutes of all streams in percent; null where none has a length.
    data_tests:
      - range: { min: 0, max: 100, severity: warn }
  - name: first_started_at
    description: Start of the first stream, UTC.
    data_tests: [not_null]
  - name: last_started_at
    description: Start of the latest stream, UTC.
    data_tests: [not_null]
data_tests:
  - expression: { expression: (song_id is null) = (rank_by_minutes is null) }
---*/

with

streams_by_year as (

    select * from {{ref 'streams_by_year'}}

),

songs as (

    select song_id, track_id, song_name, artist_name, album_name from {{ref 'songs'}}

),

songs_counted as (

    select
        song_id,
        {{> listening_totals}},
        {{> share_of_minutes beside=''}} as minutes_percentage

    from streams_by_year

    group by song_id

),

songs_ranked as (

    select
        *,
        if(song_id is null, null, row_number() over by_minutes) as rank_by_minutes,
        if(song_id is null, null, row_number() over by_streams) as rank_by_streams

    from songs_counted

    window
        by_minutes as (
            partition by song_id is null
            order by minutes_played desc, stream_count desc, last_started_at desc, song_id
        ),
        by_streams as (
            partition by song_id is null
            order by stream_count desc, minutes_played desc, last_started_at desc, song_id
        )

),

songs_named as (

    select
        songs_ranked.rank_by_minutes,
        songs_ranked.rank_by_streams,
        songs_ranked.song_id,
        songs.track_id,
        songs.song_name,
        songs.artist_name,
        songs.album_name,
        songs_ranked.stream_count,
        songs_ranked.minutes_played,
        songs_ranked.plays_without_ms,
        songs_ranked.minutes_percentage,
        songs_ranked.first_started_at,
        songs_ranked.last_started_at

    from songs_ranked

    left join songs
        on songs_ranked.song_id = songs.song_id

    order by songs_ranked.rank_by_minutes nulls last

)

select * from songs_named
